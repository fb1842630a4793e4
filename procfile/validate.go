package procfile

import (
	"fmt"
	"slices"
	"strings"
)

// validate checks the rules between services.
// The order is that of messages no more: result sorts them by place.
func (b *builder) validate() {
	b.sameNames()
	b.samePorts()
	for _, s := range b.services {
		b.afterNames(s)
	}
	b.cycles()
	b.applyOrder()
}

// sameNames refuses names that become one: in DEVGATE_<NAME>_PORT, in host names,
// and in file names on a disk that does not tell case apart.
func (b *builder) sameNames() {
	first := map[string]*Service{}
	for _, s := range b.services {
		folded := strings.ReplaceAll(strings.ToLower(s.Name), "-", "_")
		if other := first[folded]; other != nil {
			b.fail(s.at, fmt.Sprintf("service %s is too like %s (%s)", quote(s.Name), quote(other.Name), b.ref(other.Pos)),
				"both would be DEVGATE_"+strings.ToUpper(folded)+"_PORT in the environment: rename one of the two")
			continue
		}
		first[folded] = s
	}
}

// samePorts refuses two services on one port, and one on the gateway's or the dashboard's.
func (b *builder) samePorts() {
	f := b.file
	first := map[int]*Service{}
	for _, s := range b.services {
		n := s.Port.Number
		if n == 0 {
			continue
		}
		at := s.marks["port"]
		// A service without a port of its own has the mark of [defaults], which others
		// have too.
		other := first[n]
		// One place, read for two services.
		if other != nil && other.marks["port"] == at {
			b.fail(at, fmt.Sprintf("port %d of [defaults] would be used by both %s and %s", n, quote(other.Name), quote(s.Name)),
				`write port = "auto" here, or a port in each service`)
			continue
		}
		if other != nil {
			b.fail(at, fmt.Sprintf("port %d is already used by service %s (%s)", n, quote(other.Name), b.ref(other.Position("port"))),
				`give one of the two another port, or port = "auto"`)
			continue
		}
		first[n] = s
		switch n {
		// Told at the service: the gateway's port may be a default that nobody has
		// written.
		case f.Port.Number: // 0 for "auto": that is chosen so that it is nobody's
			b.errs = append(b.errs, f.gatewayClash(s, n))
		case f.Dashboard.Port:
			b.fail(at, fmt.Sprintf("port %d is the dashboard's port (%s)", n, b.ref(f.Pos("dashboard"))), "give one of the two another port")
		}
	}
	if n := f.Dashboard.Port; n != 0 && n == f.Port.Number {
		b.fail(f.marks["dashboard"], fmt.Sprintf("port %d is the gateway's port%s", n, f.gatewayRef(n)), "give one of the two another port")
	}
}

// gatewayRef says where the gateway's port comes from.
func (f *File) gatewayRef(port int) string {
	if f.Has("port") {
		return " (" + f.src.name + ":" + f.Pos("port").String() + ")"
	}
	if f.Format == Devgatefile && port == DefaultPort {
		return " (the default)"
	}
	return ""
}

// gatewayClash words the remedy by who can name the gateway's port: the file, or
// for a Procfile only the command line.
func (f *File) gatewayClash(s *Service, port int) *Error {
	msg := fmt.Sprintf("port %d is the gateway's port%s", port, f.gatewayRef(port))
	hint := "give the service another port, or the gateway: port = " + fmt.Sprint(vacant(port, f)) + " at the top of the file"
	switch {
	case f.Format == Procfile:
		hint = fmt.Sprintf("give the service another port, or the gateway: devgate up --port %d", vacant(port, f))
	case f.Has("port"):
		hint = "give one of the two another port"
	}
	return f.src.errorAt(s.marks["port"], msg, hint)
}

// vacant returns a port after port that no service names and browsers open.
func vacant(port int, f *File) int {
	// Two ports that are refused would be no help.
	for p := firstOpen(port + 1); p <= 65535; p = firstOpen(p + 1) {
		if !slices.ContainsFunc(f.Services, func(s *Service) bool { return s.Port.Number == p }) {
			return p
		}
	}
	return DefaultPort
}

// afterNames refuses names in `after` that are no services.
func (b *builder) afterNames(s *Service) {
	seen := map[string]bool{}
	for i, name := range s.After {
		switch {
		case name == s.Name:
			b.fail(s.marks.item("after", i), "service "+quote(name)+" cannot start after itself", "")
		case b.service(name) == nil:
			b.fail(s.marks.item("after", i), "there is no service "+quote(name), b.serviceHint(name))
		case seen[name]:
			b.fail(s.marks.item("after", i), quote(name)+" is named twice", "remove one of the two")
		}
		seen[name] = true
	}
}

// serviceHint guesses the service that was meant, or lists some.
func (b *builder) serviceHint(name string) string {
	all := b.serviceNames()
	if near := nearest(name, all); near != "" {
		return "did you mean " + quote(near) + "?"
	}
	const few = 8
	if len(all) <= few {
		return "services: " + strings.Join(all, ", ")
	}
	return "services: " + strings.Join(all[:few], ", ") + ", ..."
}

// cycles reports each circle in `after` once, at the first of its services.
func (b *builder) cycles() {
	// A walk along `after`: who is met again while it is being visited closes a circle.
	const visiting, done = 1, 2
	// Recursion is bounded by the number of services, which is.
	state := map[*Service]int{}
	var trail []*Service
	var visit func(s *Service)
	visit = func(s *Service) {
		state[s] = visiting
		trail = append(trail, s)
		for _, name := range s.After {
			next := b.service(name)
			switch {
			case next == nil || next == s:
			case state[next] == visiting:
				b.cycle(trail[slices.Index(trail, next):])
			case state[next] != done:
				visit(next)
			}
		}
		trail = trail[:len(trail)-1]
		state[s] = done
	}
	for _, s := range b.services {
		if state[s] == 0 {
			visit(s)
		}
	}
}

// cycle reports one circle, at the name that leads on from its first service.
func (b *builder) cycle(circle []*Service) {
	text := make([]string, 0, len(circle)+1)
	for _, s := range append(slices.Clone(circle), circle[0]) {
		text = append(text, s.Name)
	}
	s := circle[0]
	// A circle of one was told by afterNames.
	i := slices.Index(s.After, circle[1%len(circle)].Name)
	b.fail(s.marks.item("after", i), "services wait for each other: "+strings.Join(text, " after "), `remove one of these names from an "after"`)
}

// applyOrder sorts the services as `order` says; those it does not name follow in
// the order of the file.
func (b *builder) applyOrder() {
	// 0 means "not named", so ranks begin with 1.
	rank := map[*Service]int{}
	for i, name := range b.file.order {
		at := b.file.marks.item("order", i)
		s := b.service(name)
		switch {
		case s == nil:
			b.fail(at, "there is no service "+quote(name), b.serviceHint(name))
		case rank[s] != 0:
			b.fail(at, quote(name)+" is named twice", "remove one of the two")
		default:
			rank[s] = len(rank) + 1
		}
	}
	last := len(rank) + 1 // of all that are not named; the sort is stable
	at := func(s *Service) int {
		if n := rank[s]; n != 0 {
			return n
		}
		return last
	}
	slices.SortStableFunc(b.file.Services, func(x, y *Service) int { return at(x) - at(y) })
}
