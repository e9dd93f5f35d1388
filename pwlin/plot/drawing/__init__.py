"""What the pictures share: style, scales, labels, colours and the mesh of a complex."""
