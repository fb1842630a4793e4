package draft

import (
	"net/url"
	"slices"
	"strconv"
	"strings"

	"devgate/internal/detect/found"
)

// addresses turns variables that browsers get to see, and that name a server of the
// project, to the gateway: past it there would be no cascade, and another origin.
// Those by which services reach each other follow a server that has moved.
func (p *planner) addresses() {
	for _, a := range p.found.Addresses {
		by := p.of[a.By]
		// A variable that the project's own command sets is left as it is.
		if by == nil || slices.ContainsFunc(by.Env, func(v Var) bool { return v.Name == a.Name }) {
			continue
		}
		value := ""
		other := p.onPort(a.Port)
		switch {
		case other == nil:
		// Both end in a browser: what a page asks, and where a login comes back to.
		case a.Public || other != by && p.isBehind(other): // what a browser is told, or is sent back to
			value = p.throughGateway(a.Value)
		case other == by:
		// A service that stayed where it was is reached as the file says.
		case other.Auto || other.Port != a.Port:
			value = moved(a.Value, other)
		}
		if value != "" && value != a.Value {
			by.Env = append(by.Env, Var{a.Name, found.Text(value), a.File + " says " + a.Value})
		}
	}
}

// isBehind reports whether a front end's pages are the gateway's, at "/" or below its
// paths, and not at an address of its own.
func (p *planner) isBehind(s *Service) bool {
	return s.Kind.IsFrontEnd() && (s == p.main || len(s.Paths) > 0)
}

// peers tells services where the others are, by variables that have the others'
// names in them.
func (p *planner) peers() {
	for _, s := range p.services {
		for _, name := range s.Peers {
			stem, kind, _ := strings.Cut(name, "_SERVICE_")
			other := p.called(stem)
			if other == nil || other == s || !other.hasPort() || slices.ContainsFunc(s.Env, func(v Var) bool { return v.Name == name }) {
				continue
			}
			value := addressOf(other)
			if kind == "ADDR" {
				// A mark with the other's name: only the Devgatefile knows where that
				// will be.
				value = found.Text("localhost:\x00" + other.Name + ".port\x00")
			}
			s.Env = append(s.Env, Var{Name: name, Value: value})
		}
	}
}

// called finds a service by what a variable says of it: PRODUCT_CATALOG is
// productcatalog, product-catalog or productcatalogservice.
func (p *planner) called(stem string) *Service {
	plain := func(name string) string {
		name = strings.NewReplacer("-", "", "_", "").Replace(strings.ToLower(name))
		return strings.TrimSuffix(name, "service")
	}
	for _, s := range p.services {
		if plain(s.Name) == plain(stem) {
			return s
		}
	}
	return nil
}

// onPort is the service of the plan that had a port by itself, or nil.
func (p *planner) onPort(n int) *Service {
	i := slices.IndexFunc(p.services, func(s *Service) bool {
		// Parked services keep their port in comments alone.
		return s.Kind.Answers() && s.Service.Port.Number == n && !slices.Contains(p.Parked, s)
	})
	if i < 0 {
		return nil
	}
	return p.services[i]
}

// moved is an address with the origin of a service that has moved.
func moved(value string, to *Service) string {
	u, err := url.Parse(value)
	// Values of several addresses, or with variables of their own, are not one address;
	// another scheme than http is nothing that a backend here speaks.
	if err != nil || u.Scheme != "http" || strings.ContainsAny(value, "${} ,") {
		return ""
	}
	return string(addressOf(to)) + strings.TrimPrefix(value, "http://"+u.Host)
}

// throughGateway is an address with the gateway's origin instead of its own.
func (p *planner) throughGateway(value string) string {
	u, err := url.Parse(value)
	if err != nil || strings.ContainsAny(value, "${} ,") {
		return ""
	}
	// https to the gateway would be refused: it speaks http.
	scheme := strings.Replace(u.Scheme, "s", "", 1)
	// Of "ws" the line above has taken the only "s".
	if strings.HasPrefix(u.Scheme, "ws") {
		scheme = "ws"
	}
	rest := strings.TrimPrefix(value, u.Scheme+"://"+u.Host)
	port := strconv.Itoa(p.Port)
	if p.options.Auto { // what is only in memory may be asked to listen elsewhere
		port = "\x00gateway.port\x00"
	}
	return scheme + "://localhost:" + port + rest
}
