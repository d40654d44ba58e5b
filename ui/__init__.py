"""SHOW: the frame, the filters, the charts, the words round a figure. Draws what it is given; computes nothing."""
