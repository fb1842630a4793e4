package port

import "devgate/internal/proc"

// held is an address at which somebody listens on the port; "" for none. Here a try does not
// tell: whoever listens on all addresses keeps nobody from taking one of them, and with it
// what was meant for it.
func held(port int) (host string) {
	for _, addr := range proc.ListeningAt(port) {
		return addr.String()
	}
	return ""
}
