package procfile

// traits are the facts about a service that decide which of its keys can have an effect.
type traits struct {
	has    func(key string) bool // in its own table or in [defaults]
	remote bool                  // it runs elsewhere
	both   bool                  // it says two things about where it runs: an error of its own
	task   bool                  // it runs to its end
	port   bool                  // requests may reach it
	stop   bool                  // it is stopped by a command
	text   bool                  // one of its commands is a text, for a shell
}

// traitsOf looks at which keys are there, not at whether their values are right.
// A key with a bad value is still one that was meant: two errors about one mistake help
// nobody.
func traitsOf(own, defaults map[string]*node) traits {
	has := func(key string) bool { return own[key] != nil || defaults[key] != nil }
	is := func(key string) bool {
		n := own[key]
		if n == nil {
			n = defaults[key]
		}
		return n != nil && n.val == true
	}
	t := traits{
		has:  has,
		both: own["url"] != nil && own["command"] != nil,
		// A command of its own wins over a default url.
		remote: own["command"] == nil && has("url"),
		task:   is("once"),
		stop:   own["stop"] != nil || defaults["stop"] != nil && own["stop_signal"] == nil,
	}
	t.text = hasText(own, defaults)
	// A default port is for servers, and tasks are none.
	t.port = t.remote || t.both || own["port"] != nil || defaults["port"] != nil && !t.task
	return t
}

// hasText reports whether a command is written as a text. One of a wrong type is told
// as that, and counts.
func hasText(own, defaults map[string]*node) bool {
	for _, key := range []string{"command", "build", "stop", "ready"} {
		n := own[key]
		if n == nil {
			n = defaults[key]
		}
		if key == "ready" {
			n = n.child("exec")
		}
		if n != nil && n.kind != listNode {
			return true
		}
	}
	return false
}

// misfit says why a key can have no effect, or returns "". A default that does not
// fit is left out; a key of the service's own is an error.
func (t traits) misfit(key string) (msg, hint string) {
	row := serviceKeys().find(key)
	switch {
	case row == nil:
		return "", ""
	case row.Scope == ScopeStarted && t.remote:
		return noEffect(key) + ` with "url": devgate does not start this service`, "remove it"
	case row.Scope == ScopeAsked && t.task:
		return noEffect(key) + ` with "once": a task gets no requests`, "remove it"
	case row.Scope == ScopeAsked && !t.port:
		return noEffect(key) + ` without "port": a worker gets no requests`, `add port = 4001, or port = "auto"`
	case row.Needs != "" && !t.has(row.Needs):
		return noEffect(key) + " without " + quote(row.Needs), row.hint
	}
	return t.clash(key)
}

// clash is misfit for keys that do not go with another.
func (t traits) clash(key string) (msg, hint string) {
	switch {
	case key == "url" && t.both:
		return `a service has a "command" or a "url", not both`, `remove "url" if devgate is to start it, else "command"`
	// Never shown: a default that does not fit is left out.
	case key == "url" && !t.remote:
		return "a default url, and a command of its own", ""
	case key == "port" && t.remote:
		return `"port" has no effect with "url"`, "write the port into the url"
	case key == "port" && t.task && !t.both:
		return `a task cannot have a port: "once" means that it ends`, `remove "once" if it is a server, else "port"`
	case key == "ready" && t.task:
		return noEffect(key) + ` with "once": a task is ready when it has ended well`, "remove it"
	case key == "restart_style" && t.task:
		return noEffect(key) + ` with "once": a task is not replaced while it runs`, "remove it"
	case key == "shell" && !t.text:
		return noEffect(key) + ": no command of this service is a text", "a list is run as it is: remove the key, or write the command as a text"
	case key == "stop_signal" && t.stop:
		return noEffect(key) + ` with "stop", which runs instead of it`, "remove one of the two"
	}
	return "", ""
}

// noEffect begins the message about a key that can do nothing where it stands.
func noEffect(key string) string { return quote(key) + " has no effect" }
