//! The providers' wires over real connections: what we send passes the strict doubles, what they
//! send is read whole, and what they do wrong becomes the right problem.

mod wires;
