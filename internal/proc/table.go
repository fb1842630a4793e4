package proc

// row is one process in a table of all of them, for systems that give no lists
// of children.
type row struct {
	id            ID
	parent, group int
	foreground    int // the process group that has its terminal
	zombie        bool
	stopped       bool
}

// childrenIn are the direct children of a process, zombies included.
func childrenIn(rows []row, pid int) (all []int) {
	for _, r := range rows {
		if r.parent == pid {
			all = append(all, r.id.PID)
		}
	}
	return all
}

// descendantsIn are the living processes below pid, over all generations, in
// whatever order the table is.
func descendantsIn(rows []row, pid int) (all []ID) {
	below := map[int]bool{pid: true}
	for grown := true; grown; {
		grown = false
		for _, r := range rows {
			if !below[r.parent] || below[r.id.PID] {
				continue
			}
			below[r.id.PID], grown = true, true
			if !r.zombie {
				all = append(all, r.id)
			}
		}
	}
	return all
}
