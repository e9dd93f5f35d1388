"""Keras 3: Sequential and Functional models on any backend, and their files."""
