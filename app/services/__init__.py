"""What do people do? One module per concept; every function takes the session and the actor first."""
