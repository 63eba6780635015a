"""Pure rules of certified communications: standard library only, no input or output."""
