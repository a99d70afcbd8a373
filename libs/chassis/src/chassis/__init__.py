"""What every service stands on: transactions, outbox and inbox, problems, identity, the frame of a process."""
