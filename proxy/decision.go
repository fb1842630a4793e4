package proxy

// sign is what a candidate shows, from before it is asked until it has answered.
type sign uint8

const (
	signReady        sign = iota // its process answers requests
	signWaiting                  // starting, building, restarting or backing off
	signWaitedOut                // the same, and the request has waited as long as it may
	signDown                     // crashed, failed or stopped
	signDownOptional             // the same, and it is Optional
	signAbsent                   // not in the cascade
	signGone                     // no longer configured

	signRefusing         // its port refuses connections
	signRefused          // the same, and it has done so for as long as a restart may take
	signUnreachable      // no connection comes about: the name, the certificate, the time
	signUnreachedIgnored // refused or unreachable, and it is Optional
	signHungUp           // the connection broke before there was an answer
	signSevered          // the same, and time has been given for word of a crash
	signCrashed          // the same, and its process turned out to have ended
	signNonsense         // what it says is no answer
	signInterrupted      // it hung up as its process was told to end, and the request is safe
	signUnkept           // the body can not be given to one more backend
	signBodyBroke        // the client's body broke off
	signLeft             // the client has left

	signStatus      // a status that is in its Fallthrough
	signUnknownRPC  // gRPC's own 404
	signNoSocket    // a status by which servers say that they know no such socket
	signSwitched    // 101
	signPage        // its page for paths that it does not know, in any form
	signPerhapsPage // the same, perhaps: a probe is still finding out
	signAnswer      // any other answer
	signs           // how many there are
)

// verdict is what becomes of a candidate, and of the request.
type verdict uint8

const (
	ask        verdict = iota // it is sent the request
	wait                      // until something changes; then it shows another sign
	passBy                    // the next is asked
	chooseAnew                // by the newest configuration
	fail                      // the client gets an answer of the gateway's own
	use                       // the answer is the client's
	refuse                    // the next is asked; the answer is used if nobody says more
	hold                      // the next is asked; the answer is used before all refused ones
	putBy                     // the next is asked; what was wrong is told if nobody answers
	verdicts                  // how many there are
)

// stance is what a decision depends on beside the sign.
type stance struct {
	final   bool // its answer is the end: it is Final, or the host names it
	upgrade bool // the request asks for a switch of protocols
}

// decide is the whole policy of the cascade for one candidate: total, pure,
// without a clock and without I/O. Ordinary requests and upgrades, asked one
// after the other or at once, are decided by it alone. docs/cascade.md has it as
// a table, and the test reads that.
func decide(s sign, at stance) verdict {
	switch s {
	case signReady:
		return ask
	case signWaiting, signRefusing, signHungUp, signInterrupted:
		return wait
	case signDownOptional, signAbsent, signUnreachedIgnored:
		return passBy
	case signGone:
		return chooseAnew
	case signStatus, signUnknownRPC, signNoSocket, signSwitched, signPage, signPerhapsPage, signAnswer:
		return at.judge(s)
	case signRefused, signUnreachable, signSevered, signNonsense:
		return at.blame()
	}
	return fail
}

// blame decides what becomes of a fault. In a contest for a socket everybody is
// asked, whatever is wrong with one of them: to hang up is how some servers refuse.
func (at stance) blame() verdict {
	if at.upgrade && !at.final {
		return putBy
	}
	return fail
}

// judge decides what becomes of an answer.
func (at stance) judge(s sign) verdict {
	switch {
	case at.final:
		return use
	case s == signStatus:
		return refuse
	case s == signUnknownRPC && !at.upgrade:
		return refuse
	case at.upgrade && (s == signNoSocket || s == signPage):
		return refuse
	case s == signPage:
		return hold
	case s == signPerhapsPage && !at.upgrade:
		return wait
	}
	return use
}

// rank says how much a refused answer says (G8): that the path is known but not
// the method, that it is not known, anything else. Of a socket that it may be had,
// but not by this client, says most (G7).
type rank int8

const (
	rankNone        rank = iota - 1 // there is no refused answer
	rankPage                        // of a socket: a page
	rankOther                       // a status that says nothing of the path
	rankMiss                        // 404
	rankJSON                        // 404 in JSON, for a client that takes it
	rankBadSocket                   // of a socket: 400
	rankNoUpgrade                   // of a socket: 426
	rankMethod                      // 405
	rankForbidden                   // of a socket: 403
	rankUnknownUser                 // of a socket: 401
)

// ending is what the client gets when nobody is left to be asked and the static
// folder has nothing.
type ending uint8

const (
	endExplained ending = iota // an answer of the gateway's own, which says who said what
	endPage                    // the page that was held
	endFault                   // what was put by, in words
	endRefusal                 // the refused answer that says most, the last among equals
	endings                    // how many there are
)

// end decides it. fault: one was put by; explains: the client is one that gets the
// explaining page.
func end(held bool, best rank, fault, explains bool) ending {
	switch {
	case held:
		return endPage
	case best == rankNone && fault:
		return endFault
	case best == rankNone, explains && (best == rankMiss || best == rankJSON):
		return endExplained
	}
	return endRefusal
}
