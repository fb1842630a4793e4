package proxy

// decisionDeviations are the entries of package testrequest that the gateway decides
// otherwise than they say: the statuses of its answers, and what the backend sees. The
// last of them may be what is sent behind each entry. An entry that does not deviate
// any more must be taken out.
var decisionDeviations = map[string]string{}

// plainDeviations are the entries of which a backend sees something that is not plain.
var plainDeviations = map[string]string{}

// formDeviations are the entries whose refusal lacks something that the gateway's own
// answers have.
var formDeviations = map[string]string{}
