"""PyTorch: modules and exported programs, through ``torch.export``, and files of weights."""
