package wire

import "crypto/x509"

// Origin says where a backend is and how it is spoken to.
type Origin struct {
	// Address is "host:port"; the host "localhost" stands for both addresses of
	// this machine.
	Address string
	// TLS speaks HTTP/1.1 over TLS.
	TLS bool
	// Roots are who may have signed its certificate. Nil: whom the system trusts.
	Roots *x509.CertPool
	// Unverified takes any certificate.
	Unverified bool
	// Host is sent instead of the client's Host. Empty: the client's.
	Host string
	// H2C speaks HTTP/2 without TLS.
	H2C bool
}
