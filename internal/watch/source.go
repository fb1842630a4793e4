package watch

import "github.com/fsnotify/fsnotify"

// source is where events come from.
type source struct {
	notifier
	events <-chan fsnotify.Event
	errors <-chan error
	close  func() error // and both channels
}

// newNotifySource is a source that asks for the events of each folder by itself.
func newNotifySource() (*source, error) {
	w, err := fsnotify.NewWatcher()
	if err != nil {
		return nil, err
	}
	return &source{w, w.Events, w.Errors, w.Close}, nil
}
