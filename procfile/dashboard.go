package procfile

// Dashboard says whether and where the dashboard listens.
type Dashboard struct {
	Enabled bool // default true
	Port    int  // 0: the port after the gateway's, else a free one
	Set     bool // whether the file says anything about it
}

// dashboard is on, off, or on at a port.
func dashboard() valueType[Dashboard] {
	return valueType[Dashboard]{
		Type:  Type{"true, false, port", []Form{{Shape: Boolean}, openPort()}},
		read:  (*reader).dashboard,
		write: func(d Dashboard) any { return d.Enabled },
	}
}

// dashboard reads true, false or a number; a port switches it on as well.
func (r *reader) dashboard(n *node, old Dashboard) Dashboard {
	// Set also where the value is wrong: the file does say something about it.
	d := Dashboard{Enabled: old.Enabled, Set: true}
	switch v := n.val.(type) {
	case bool:
		d.Enabled = v
	case int64:
		if r.inRange(n, v) && r.isOpen(n, int(v)) {
			d.Port = int(v)
		}
	default:
		r.want(n, "true, false or a port", "")
	}
	return d
}
