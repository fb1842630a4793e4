package proxy

import "net/http"

// explains reports whether this client gets the explaining page when nobody
// answers.
func (x *exchange) explains() bool {
	return x.chain.NotFound == Explain && isNavigation(x.r.Header)
}

// unanswered ends a cascade in which every backend refused (G8).
func (x *exchange) unanswered() {
	x.nobody = true
	best := x.best
	switch {
	case x.serveStatic():
	case x.spare != nil:
		x.useSpare()
	case best == nil, best.resp.Status == http.StatusNotFound && x.explains():
		x.fail(faultUnanswered(x.call.Method, x.call.Target))
	default:
		x.best = nil
		x.use(best.reply)
	}
}
