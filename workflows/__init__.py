"""The durable processes: contract, meeting and ticket."""
