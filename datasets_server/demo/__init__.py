"""Real demo data: photos and DICOM files out of installed packages, and a CT series of known organs."""
