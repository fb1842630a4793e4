package ingress

import (
	"net"
	"net/netip"
	"os"
	"slices"
	"strings"
	"sync"
	"time"
)

// Hosts says which Host headers are answered. Without it, any web page
// could talk to the developer's servers by a name that points at 127.0.0.1.
type Hosts struct {
	exact    map[string]bool
	suffixes []string // ".example.test"
	machine  *machine // nil: its names are not accepted
}

// NewHosts accepts the configured names beside those of this machine that
// no foreign page can claim.
func NewHosts(hosts []string) *Hosts {
	l := &Hosts{exact: make(map[string]bool)}
	for _, h := range hosts {
		h = HostName(h)
		if suffix, ok := strings.CutPrefix(h, "*."); ok {
			l.suffixes = append(l.suffixes, "."+suffix)
		} else if h != "" {
			l.exact[h] = true
		}
	}
	return l
}

// Allowed reports whether a request with that Host header is answered.
func (l *Hosts) Allowed(host string) bool {
	name := HostName(host)
	if name == "localhost" || strings.HasSuffix(name, ".localhost") || l.names(name) {
		return true
	}
	if a, err := netip.ParseAddr(name); err == nil && a.Zone() == "" {
		return a.Unmap().IsLoopback() || l.names(a.Unmap().String())
	}
	return l.Configured(host)
}

// Configured reports whether it is one of the names that were configured.
func (l *Hosts) Configured(host string) bool {
	if len(l.exact) == 0 && len(l.suffixes) == 0 {
		return false
	}
	name := HostName(host)
	return l.exact[name] || slices.ContainsFunc(l.suffixes, func(s string) bool { return strings.HasSuffix(name, s) && len(name) > len(s) })
}

// names reports whether the name, or address, is one of the list.
func (l *Hosts) names(name string) bool {
	return l.exact[name] || l.machine != nil && l.machine.has(name)
}

// WithMachine returns the list grown by this machine's own addresses and
// names, for a gateway that other machines reach.
func (l *Hosts) WithMachine() *Hosts {
	return &Hosts{exact: l.exact, suffixes: l.suffixes, machine: &machine{list: machineNames}}
}

// machine is what this machine is called. Its addresses come and go (another
// network, a VPN), so they are read again when one is asked for that is not among
// them.
type machine struct {
	list func() []string

	mu    sync.Mutex
	names []string
	read  time.Time // zero: never
}

// rereadPause bounds how often strangers can make the addresses be read.
const rereadPause = time.Second

func (m *machine) has(name string) bool {
	m.mu.Lock()
	defer m.mu.Unlock()
	if !slices.Contains(m.names, name) && time.Since(m.read) > rereadPause {
		m.names, m.read = m.list(), time.Now()
	}
	return slices.Contains(m.names, name)
}

func machineNames() []string {
	var names []string
	addrs, _ := net.InterfaceAddrs()
	for _, a := range addrs {
		if n, ok := a.(*net.IPNet); ok {
			ip, _ := netip.AddrFromSlice(n.IP)
			names = append(names, ip.Unmap().String())
		}
	}
	if h, err := os.Hostname(); err == nil && h != "" {
		h = strings.ToLower(h)
		short, _, _ := strings.Cut(h, ".")
		names = append(names, h, short, short+".local")
	}
	return names
}

// HostName is a Host header without port, brackets, zone and the dot at the
// end, in lower case. What is not a host becomes "".
func HostName(host string) string {
	name := host
	if strings.HasPrefix(host, "[") {
		end := strings.IndexByte(host, ']')
		if end < 0 || !validPort(host[end+1:]) {
			return ""
		}
		var zone string
		var zoned bool
		if name, zone, zoned = strings.Cut(host[1:end], "%"); zoned && zone == "" {
			return ""
		}
	} else if i := strings.LastIndexByte(host, ':'); i >= 0 && strings.Count(host, ":") == 1 {
		if !validPort(host[i:]) {
			return ""
		}
		name = host[:i]
	}
	return strings.ToLower(strings.TrimSuffix(name, "."))
}

// validPort reports whether s is "" or a colon and digits.
func validPort(s string) bool {
	if s == "" {
		return true
	}
	return s[0] == ':' && strings.Trim(s[1:], "0123456789") == ""
}
