"""ONNX: files and models, with the ``onnx`` package alone."""
