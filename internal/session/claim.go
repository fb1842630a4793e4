package session

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"devgate/internal/checkout"
	"devgate/internal/control"
	"devgate/internal/port"
	"devgate/internal/project"
	"devgate/procfile"
)

// claim finds the ports of a session: those of the file, or a block of its own where
// another checkout has one of them. While it does, the registry is open and no other devgate of
// this user does the same: of several that start in one instant each sees what those
// before it have taken.
type claim struct {
	project *project.Project
	source  project.Options                                                         // how it was read
	occupy  func(*project.Project) error                                            // opens what listens, or is a takenError
	enter   func(*project.Project, checkout.Checkout, control.Record) control.Entry // what others are told

	home   checkout.Checkout
	others []control.Entry
	moved  string // the line that says why all ports have moved; "": they have not
}

// settle finds the ports, opens the gateway's, and puts this devgate on the list.
func (c *claim) settle() (*control.Registration, error) {
	registry, err := control.OpenRegistry()
	if err != nil {
		return nil, err
	}
	defer registry.Close()
	c.home, c.others = checkout.Of(c.project.Root), registry.Entries()
	if err := c.place(); err != nil {
		return nil, err
	}
	return registry.Enter(c.enter(c.project, c.home, control.Record{}))
}

// place opens the gateway at a place where every port can be had.
func (c *claim) place() error {
	if why := c.reason(); why != "" {
		return c.move(why)
	}
	err := c.occupy(c.project)
	// Not every devgate is on the list: another environment has another one.
	if why := c.siblingBehind(err); why != "" {
		return c.move(why)
	}
	return err
}

// reason says why ports have to move, "" while nothing is known against them.
func (c *claim) reason() string {
	p := c.project
	switch p.Isolate {
	case procfile.IsolateOn:
		return "isolated"
	case procfile.IsolateOff:
		return ""
	}
	wanted := p.Wanted(c.source)
	for _, other := range c.others {
		if !c.isSibling(other) {
			continue
		}
		var both []int
		for _, n := range other.Ports {
			if slices.Contains(wanted, n) {
				both = append(both, n)
			}
		}
		if len(both) > 0 {
			return heldBy(other.Root, both)
		}
	}
	return ""
}

// heldBy says that ports are those of a devgate elsewhere.
func heldBy(root string, ports []int) string {
	slices.Sort(ports)
	if len(ports) == 1 {
		return fmt.Sprintf("port %d is that of the devgate in %s", ports[0], root)
	}
	words := make([]string, len(ports))
	for i, n := range ports {
		words[i] = strconv.Itoa(n)
	}
	return fmt.Sprintf("ports %s are those of the devgate in %s", strings.Join(words, ", "), root)
}

// isSibling reports whether a devgate runs another checkout of this project: of the same
// repository, or of the same name elsewhere. Another project of the same checkout is none.
func (c *claim) isSibling(other control.Entry) bool {
	p := c.project
	sameRepository := c.home.Repository != "" && other.Common == c.home.Repository && other.Top != c.home.Top
	return sameRepository || other.Name == p.Name && other.Root != p.Root
}

// siblingBehind says which other checkout is behind ports that are taken, if one is.
func (c *claim) siblingBehind(err error) string {
	var taken takenError
	if c.project.Isolate == procfile.IsolateOff || !errors.As(err, &taken) {
		return ""
	}
	for _, one := range taken {
		if one.busy == nil || c.isChosen(one.busy.Port) {
			continue
		}
		root := runningIn(one.busy)
		if other := checkout.Of(root); root != "" && other.SameRepository(c.home) && other.Top != c.home.Top {
			return heldBy(root, []int{one.busy.Port})
		}
	}
	return ""
}

// isChosen reports whether the command line names a port for the gateway: then it is to be
// there or nowhere.
func (c *claim) isChosen(number int) bool { return number == c.source.Port }

// move takes all ports to a block of their own, and says so.
func (c *claim) move(why string) error {
	p := c.project
	first, err := port.Block(project.RealPath(p.Root), p.BlockSize(), rememberedBlock(p.Root), c.claimed())
	if err != nil {
		return err
	}
	label := c.home.Name(p.Root, func(label string) bool {
		return p.Names(label) || slices.ContainsFunc(c.others, func(other control.Entry) bool { return other.Label == label })
	})
	moved, err := p.MovedTo(first, label, c.source)
	if err != nil {
		return err
	}
	rememberBlock(p.Root, first)
	c.project = moved
	c.moved = fmt.Sprintf("%s: this checkout has ports of its own, and is at %s", why, moved.URL)
	return c.occupy(c.project)
}

// claimed are the ports that devgate does not choose: those of others, whether somebody listens
// there now or not, and those that browsers refuse.
func (c *claim) claimed() map[int]bool {
	all := map[int]bool{}
	for _, other := range c.others {
		for _, n := range other.Ports {
			all[n] = true
		}
	}
	for _, n := range procfile.BlockedPorts() {
		all[n] = true
	}
	return all
}

// blockPath is where a checkout remembers where its ports have moved to, so that they are there
// the next time also where another one has come between.
func blockPath(root string) string { return filepath.Join(root, control.Folder, "block") }

// rememberedBlock is the first port of that block; 0: none is remembered.
func rememberedBlock(root string) int {
	text, _ := os.ReadFile(blockPath(root))
	first, _ := strconv.Atoi(strings.TrimSpace(string(text)))
	return first
}

// rememberBlock keeps it. Where that cannot be written, the path of the checkout leads to the same
// block as long as it is free.
func rememberBlock(root string, first int) {
	os.WriteFile(blockPath(root), []byte(strconv.Itoa(first)+"\n"), 0o644)
}
