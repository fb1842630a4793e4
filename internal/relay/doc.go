// Package relay keeps a port the same while the servers behind it change: it
// accepts connections and passes their bytes on to whichever server it aims at.
//
// # Guarantees
//
//   - A connection goes to the server that was aimed at when it was passed on,
//     and stays there, whatever Aim says later.
//   - A connection that comes while there is no server waits for one, as long as
//     a request to the gateway would.
//   - Each direction ends on its own (half-close); no byte is lost or added.
//   - After Close no goroutine, connection or listener is left.
package relay
