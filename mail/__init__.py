"""Messages: templates, the iCalendar part, SMTP out and replies in."""
