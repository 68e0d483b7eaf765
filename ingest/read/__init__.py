"""Read files of every format into documents: one file per format, all listed in `formats`."""
