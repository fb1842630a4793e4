package wire

// Loopback returns the addresses that "localhost" stands for, in the order in
// which they are tried.
func Loopback() []string { return []string{"127.0.0.1", "::1"} }
