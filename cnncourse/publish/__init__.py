"""What leaves the notebooks for readers: the HTML book, and the outputs that the notebooks themselves keep."""
