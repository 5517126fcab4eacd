"""Where images come from: projects from DICOMweb servers, and the list of servers."""
