"""What every page is shown in: navigation, dialogs, banners, who is signed in."""
