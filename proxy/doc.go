// Package proxy is the gateway: one port in front of a project's backends,
// which are asked in declared order until one does not refuse.
//
// # Who answers
//
// For each request the candidates are the backends whose paths match, in
// order, up to the first final one. Each gets the whole request; the first
// answer whose status is not among its Fallthrough statuses is the client's.
// When all refuse, the static folder is asked (GET and HEAD), and then one of
// the refused answers is used, or a page that explains them. A request for
// NAME.localhost goes to that backend alone.
//
// A backend that answers unknown paths with its page (SPA) does not end the
// cascade by that page: it is held while the backends after it, and the static
// folder, are asked, and used when none of them answers.
//
// # What is guaranteed
//
//   - The client sees status, headers, body, trailers and truncation of the
//     answer that is used, beside the gateway's own headers, and nothing of
//     any other. 1xx answers are held until their final one is known.
//   - A backend sees the request target byte for byte, the client's Host (a
//     Remote one its URL's) and X-Forwarded-For, -Host and -Proto once. Names of
//     headers and trailers keep their spelling and their order, both ways, where both
//     sides speak HTTP/1; those of RFC 6455 are spelled as it does.
//   - A backend that reads the body to its end has all of it, with its
//     trailers, or its connection is cut. One request's body takes at most 256
//     KiB of memory, then a file without a name, up to ReplayLimit. The last
//     candidate's is not recorded, but for what came while the request waited, or
//     is still wanted by one that has begun to refuse: whoever begins its answer
//     before it has read the body gets the body until its answer is whole.
//   - An unsafe request is sent to a backend at most once, on a connection
//     opened for it. A safe one without a body is sent again when an idle
//     connection turns out to be closed, or when Interrupt announced the end
//     of the process that was answering it.
//   - A request for a backend that is Waiting waits, and never goes to another.
//     What a backend has said is with the client before the gateway waits for
//     more.
//   - Speculation changes when backends are asked, never whose answer is used:
//     the answers are judged in order, whatever order they come in. A backend
//     is asked ahead of its turn only for a GET or HEAD without a body that it
//     has answered before, header for header, since the last call of SetState,
//     Interrupt, Reconfigure or Changed and the last unsafe request.
//
// # State
//
// The gateway starts no process: SetState says what to do with requests for a
// backend. A restart is SetState(Waiting), Drain, Interrupt, the signal, and
// SetState(Ready) when the new process answers. Where the next process runs
// beside the old one it is SetState(Ready) with the next one's Port, Drain,
// Interrupt, and the signal to the old one; requests never wait. Whatever was
// found out about the old one (SPA, who switches protocols, what was learned)
// ends with it.
//
// Reconfigure replaces the whole configuration while requests run. They end by
// the one that they began with; only who would have to wait for a backend that
// is no longer configured goes on by the new one.
//
// # Structure
//
// Four packages know only their own part: front speaks HTTP/1 to clients, wire speaks
// HTTP to one backend, both by the messages of package message, ingress is where
// requests come in, and this one is the cascade between them. HTTP/2 with clients is
// net/http's. An exchange is written against http.ResponseWriter; what only front can
// do (the spelling of names, the connection itself) it asks of a front.Client.
//
// A chain is one configuration, compiled; it never changes, and each request
// keeps the one it began with. An upstream is what does change of a backend: its
// state, and its endpoints. An endpoint is one process of it: its connections, what
// a probe found out, and who is being answered by it, each with a lease.
//
// An exchange is one request, in three parts. Deciding (decide) is a pure function:
// what a candidate shows, its sign, becomes a verdict, by the table of
// docs/cascade.md. Asking finds the signs out for one candidate: it waits, tries,
// and reads the head of the answer; it owns all that it changes, so several may be
// under way at once. Answering is the client's side: use passes a reply on, fail
// and serveStatic answer for the gateway, and the trace says how it came about.
// Between them an exchange walks along its route and keeps in reserve what was
// refused or held. An upgrade is the same with several askings at once (hedge), and
// speculation is a source of tries that were sent before their turn, from which an
// asking takes its first.
//
// An exchange that has ended is a record, Exchange, that the recorder keeps.
//
// # Goroutines
//
// Besides those of net/http and of packages front and wire, for which Serve waits: one per
// body of a request that waits (ends with the client's connection), one per refused
// answer whose backend still reads the body (ends with it, or after 1 s), one per try
// sent before its turn (ends with its exchange), one per backend asked to switch
// protocols (ends before the exchange does), one per probe (ends with the process
// it asks, after 30 s, or with Serve).
package proxy
