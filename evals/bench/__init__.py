"""Benchmarks over public reading questions and news, and the training of the weights that ship."""
