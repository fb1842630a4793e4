package procfile

// traits are the facts about a service that decide which of its keys can have an effect.
type traits struct {
	remote, both, task, port bool
	watch, paths, stop       bool
}

// traitsOf looks at which keys are there, not at whether their values are right.
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
		both:   own["url"] != nil && own["command"] != nil,
		remote: own["command"] == nil && has("url"),
		task:   is("once"),
		watch:  has("watch"),
		paths:  has("paths"),
		stop:   own["stop"] != nil || defaults["stop"] != nil && own["stop_signal"] == nil,
	}
	t.port = t.remote || t.both || own["port"] != nil || defaults["port"] != nil && !t.task
	return t
}

// misfit says why a key can have no effect, or returns "". A default that does not
// fit is left out; a key of the service's own is an error.
func (t traits) misfit(key string) (msg, hint string) {
	switch key {
	case "url":
		if t.both {
			return `a service has a "command" or a "url", not both`, `remove "url" if devgate is to start it, else "command"`
		}
		if !t.remote {
			return "a default url, and a command of its own", ""
		}
	case "command", "build", "dir", "env", "env_file", "watch", "restart", "stop", "grace", "pty", "once":
		if t.remote {
			return notStarted(key)
		}
	case "ignore", "stop_signal":
		return t.misfitPartner(key)
	case "restart_style":
		switch {
		case t.remote:
			return notStarted(key)
		case t.task:
			return noEffect(key) + ` with "once": a task is not replaced while it runs`, "remove it"
		}
	case "port":
		return t.misfitPort()
	case "ready":
		if t.task {
			return noEffect(key) + ` with "once": a task is ready when it has ended well`, "remove it"
		}
	case "paths", "final", "fallthrough", "spa", "optional", "protocol":
		return t.misfitBackend(key)
	}
	return "", ""
}

func noEffect(key string) string { return quote(key) + " has no effect" }

// notStarted is for keys about processes, beside a url.
func notStarted(key string) (msg, hint string) {
	return noEffect(key) + ` with "url": devgate does not start this service`, "remove it"
}

// misfitPort: who cannot have a port.
func (t traits) misfitPort() (msg, hint string) {
	switch {
	case t.remote:
		return `"port" has no effect with "url"`, "write the port into the url"
	case t.task && !t.both:
		return `a task cannot have a port: "once" means that it ends`, `remove "once" if it is a server, else "port"`
	}
	return "", ""
}

// misfitPartner: keys that mean something only with, or without, another.
func (t traits) misfitPartner(key string) (msg, hint string) {
	switch {
	case t.remote:
		return notStarted(key)
	case key == "ignore" && !t.watch:
		return `"ignore" has no effect without "watch"`, "add watch = [\"**\"], or remove it"
	case key == "stop_signal" && t.stop:
		return `"stop_signal" has no effect with "stop", which runs instead of it`, "remove one of the two"
	}
	return "", ""
}

// misfitBackend: keys about requests.
func (t traits) misfitBackend(key string) (msg, hint string) {
	switch {
	case t.task:
		return noEffect(key) + ` with "once": a task gets no requests`, "remove it"
	case !t.port:
		return noEffect(key) + ` without "port": a worker gets no requests`, `add port = 4001, or port = "auto"`
	case key == "final" && !t.paths:
		return `"final" has no effect without "paths"`, `add paths = ["/api/*"]: for these, the answer of this backend is the end`
	}
	return "", ""
}
