package proc

import (
	"errors"
	"syscall"
)

// Cgroup is a control group; this system has none, so it is always nil.
type Cgroup struct{}

// NewCgroup is an error: this system has no control groups.
func NewCgroup(string) (*Cgroup, error) { return nil, errors.New("there are no control groups here") }

// Below is nil.
func (g *Cgroup) Below(string) *Cgroup { return nil }

// Take does nothing.
func (g *Cgroup) Take(*syscall.SysProcAttr) {}

// Members are none.
func (g *Cgroup) Members() []ID { return nil }

// Kill does nothing.
func (g *Cgroup) Kill() {}

// Close does nothing.
func (g *Cgroup) Close() {}

// CloseEmpty does nothing.
func (g *Cgroup) CloseEmpty() {}

// Dir is "".
func (g *Cgroup) Dir() string { return "" }

// KillCgroup does nothing.
func KillCgroup(string) {}
