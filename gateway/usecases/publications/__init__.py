"""Publications: public for a period, checked from outside meanwhile, and told whole at the end."""
