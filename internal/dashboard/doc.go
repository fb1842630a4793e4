// Package dashboard shows a running project in a browser: its services, what they
// print, and the requests that went through the gateway. It is a server of its own
// on a port of this machine, and knows of the project what [Project] tells.
//
// # Guarantees
//
//   - A request is answered only where its Host is a name of this machine, so a page
//     elsewhere cannot reach it by a name that it lets point here. Pages, streams and
//     files are given to the dashboard's own pages alone; what else a browser may do
//     is to open one of the pages as a document of its own.
//   - Nothing changes without a POST from the dashboard's own origin that carries the
//     token of this run.
//   - What a service prints and what a request carries is text, wherever it is shown:
//     it becomes neither markup nor script. Nothing comes from another origin, and no
//     cookie is set.
//   - A reader that is slow, or gone, holds up neither the project nor other readers:
//     it is told what it has missed, or let go. What is kept for one is bounded.
//   - Until the first request there is a listener and nothing else. After Close there
//     is no goroutine, no stream and no listener.
//   - Every page says how things are without a line of JavaScript.
package dashboard
