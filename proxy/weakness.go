package proxy

// weakness takes one safeguard away, so that the tests can show that they would
// notice its absence. Only tests set one.
type weakness int

const (
	sound           weakness = iota
	closesRefusals           // a refused answer's body is not read to its end
	leaksEarlyHints          // 1xx answers of refused backends reach the client
	keepsEpoch               // nothing makes what was learned invalid
	ignoresCookies           // two users' requests are taken for the same
)
