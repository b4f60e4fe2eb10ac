"""What people read, in Chinese and English: codes of the data, reasons of the loaders, findings."""
