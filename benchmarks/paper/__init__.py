"""`make paper`: the figures and numbers of arXiv 2507.06173, trained anew, as docs/paper.md."""
