"""What nodes for message queues share: messages as rows and rows as messages, acknowledgement, settings of families."""
