"""Real demo data: photos and DICOM files from installed packages, and a CT series of known organs."""
