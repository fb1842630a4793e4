package ingress

import (
	"net/netip"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

// G14: the hosts that are answered.
func TestHostAllowed(t *testing.T) {
	l := NewHosts([]string{"shop.test", "*.example.test", "With.Port:3000", "192.168.1.5"})
	for host, want := range map[string]bool{
		"localhost": true, "LOCALHOST:3000": true, "localhost.": true, "a.b.localhost": true, "127.0.0.1": true, "127.9.8.7:1": true,
		"[::1]": true, "[::1]:3000": true, "[::ffff:127.0.0.1]": true, "shop.test": true, "Shop.Test:80": true, "x.example.test": true,
		"with.port": true, "192.168.1.5:3000": true,
		"example.test": false, "evil.test": false, "localhost.evil.test": false, "notlocalhost": false, "127.0.0.1.evil.test": false,
		"0.0.0.0": false, "[::]": false, "": false, "localhost:evil": false, "[::1": false, "[::1]x": false, "192.168.1.6": false,
		"evil.test#.localhost:80x": false, "localhost%evil": false,
	} {
		if got := l.Allowed(host); got != want {
			t.Errorf("%q: %t", host, got)
		}
	}
}

// G14: whatever a Host header looks like, only names that lead to this machine
// are allowed.
func FuzzHostAllowed(f *testing.F) {
	for _, s := range []string{"localhost", "a.localhost:80", "[::1]:3000", "127.0.0.1", "evil.test", "localhost.evil.test", "[::1%25lo]", "x:y:z"} {
		f.Add(s)
	}
	l := NewHosts(nil)
	f.Fuzz(func(t *testing.T, host string) {
		if !l.Allowed(host) {
			return
		}
		name := strings.ToLower(host)
		if i := strings.LastIndexByte(name, ':'); i >= 0 && !strings.HasSuffix(name, "]") && strings.Trim(name[i+1:], "0123456789") == "" {
			if _, err := netip.ParseAddr(name); err != nil {
				name = name[:i]
			}
		}
		name = strings.TrimSuffix(name, ".")
		if name == "localhost" || strings.HasSuffix(name, ".localhost") {
			return
		}
		if a, err := netip.ParseAddr(strings.TrimSuffix(strings.TrimPrefix(name, "["), "]")); err == nil && a.Unmap().IsLoopback() {
			return
		}
		t.Errorf("%q is allowed", host)
	})
}

// G14: an address that the machine gets while the gateway runs (another network, a
// VPN) is its own, and what strangers ask for does not make it look all the time.
func TestAddressesThatTheMachineGetsLaterAreItsOwn(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		names, looks := []string{"192.0.2.1"}, 0
		hosts := NewHosts([]string{"shop.test"})
		hosts.machine = &machine{list: func() []string { looks++; return names }}
		for range 3 {
			if !hosts.Allowed("192.0.2.1:3000") || !hosts.Allowed("shop.test") || hosts.Allowed("192.0.2.2") {
				t.Error("not the machine's names")
			}
		}
		names = []string{"192.0.2.2"}
		time.Sleep(rereadPause + 1) // virtual
		if !hosts.Allowed("192.0.2.2") || hosts.Allowed("192.0.2.1") || looks != 2 {
			t.Errorf("not the new names, or read %d times", looks)
		}
	})
}
