"""What pages need from the outside, as protocols: server, computer, window, images, compute worker."""
