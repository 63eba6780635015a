"""Where employees of an issuer serve customers: the kiosk of a point of sale, and the call centre's view."""
