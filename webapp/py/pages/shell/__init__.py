"""The shell around every page: navigation, dialogs, banners, and who is signed in."""
