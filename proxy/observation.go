package proxy

// Observation is what the cascade has decided for one request: who answers it, and
// who has passed it on. It tells of a request that its path alone, and nothing of
// what was answered but its status and kind.
type Observation struct {
	Method  string
	Path    string // as it was sent, without its query
	Upgrade bool   // it asked for a switch of protocols
	Backend string // "static" for the folder
	Status  int
	Type    string // of the answer: "html", "json", "" for anything else
	// Strong: the backend has said something of its own. Otherwise everybody had
	// refused, or it may be a front end's page for paths that it does not know.
	Strong bool
	Page   bool     // it was not strong, as it may be such a page
	Passed []string // who had passed the request on; valid during the call

	room [6]string // of Passed, for chains of usual length
}
