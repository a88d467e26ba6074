"""What a ticket is measured beside: workflows of its shape that keep no promise."""
