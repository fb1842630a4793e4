package watch

import (
	"unsafe"

	"golang.org/x/sys/windows"
)

// shareAll lets others do what they like with a file that is open here, also rename
// and remove it: an editor must not meet us. Package os shares less.
const shareAll = windows.FILE_SHARE_READ | windows.FILE_SHARE_WRITE | windows.FILE_SHARE_DELETE

// openHandle opens what is at a path. Folders can be asked about, but not read.
func openHandle(path string, access, flags uint32) (windows.Handle, error) {
	name, err := windows.UTF16PtrFromString(path)
	if err != nil {
		return 0, err
	}
	return windows.CreateFile(name, access, shareAll, nil, windows.OPEN_EXISTING, windows.FILE_FLAG_BACKUP_SEMANTICS|flags, 0)
}

// withHandle calls look with what is at a path; symbolic links are followed unless
// flags say otherwise.
func withHandle(path string, flags uint32, look func(windows.Handle)) {
	if handle, err := openHandle(path, windows.FILE_READ_ATTRIBUTES, flags); err == nil {
		defer windows.CloseHandle(handle)
		look(handle)
	}
}

// stat returns the state of a path without reading its content. Symbolic links
// are followed; what is not a regular file is absent.
func stat(path string) (s state) {
	withHandle(path, 0, func(handle windows.Handle) { s = unread(handle) })
	return s
}

// unread returns the state of an open file without the content.
func unread(handle windows.Handle) state {
	s, _ := unreadWith(handle)
	return s
}

// unreadWith is unread, and whether the content can be read without being fetched first.
func unreadWith(handle windows.Handle) (s state, here bool) {
	var info windows.ByHandleFileInformation
	if kind, err := windows.GetFileType(handle); err != nil || kind != windows.FILE_TYPE_DISK || windows.GetFileInformationByHandle(handle, &info) != nil {
		return state{}, false
	}
	if info.FileAttributes&windows.FILE_ATTRIBUTE_DIRECTORY != 0 {
		return state{}, false
	}
	times, ok := timesOf(handle)
	if !ok {
		return state{}, false
	}
	s = state{
		kind: opaque, size: int64(info.FileSizeHigh)<<32 | int64(info.FileSizeLow), written: times.written, touched: times.changed,
		inode: uint64(info.FileIndexHigh)<<32 | uint64(info.FileIndexLow),
	}
	return s, !isPlaceholder(info.FileAttributes)
}

// readFile is read for what was a regular file a moment ago.
func (r *reader) readFile(path string) state {
	handle, err := openHandle(path, windows.GENERIC_READ, windows.FILE_FLAG_SEQUENTIAL_SCAN)
	if err != nil {
		return stat(path)
	}
	defer windows.CloseHandle(handle)
	s, here := unreadWith(handle)
	if s.kind == absent || s.size > maxHashed || !here {
		return s
	}
	return r.sum(handle, s)
}

// sum adds the hash of an open file to its state.
func (r *reader) sum(handle windows.Handle, s state) state {
	r.hash.Reset()
	size := int64(0)
	for {
		n, err := windows.Read(handle, r.buf)
		if err != nil || size > maxHashed {
			return s
		}
		_, _ = r.hash.Write(r.buf[:n])
		size += int64(n)
		if n < len(r.buf) { // the end, of a regular file
			break
		}
	}
	s.kind, s.sum, s.size = hashed, r.hash.Sum64(), size
	return s
}

// identify returns the identity of the folder at path; false: there is none.
func identify(path string) (id identity, ok bool) {
	withHandle(path, 0, func(handle windows.Handle) {
		var info windows.ByHandleFileInformation
		if windows.GetFileInformationByHandle(handle, &info) != nil || info.FileAttributes&windows.FILE_ATTRIBUTE_DIRECTORY == 0 {
			return
		}
		id, ok = identity{uint64(info.VolumeSerialNumber), uint64(info.FileIndexHigh)<<32 | uint64(info.FileIndexLow)}, true
	})
	return id, ok
}

// basicInfo is FILE_BASIC_INFO, with times in units of 100 ns since 1601.
type basicInfo struct {
	created, accessed, written, changed int64
	attributes                          uint32
	_                                   uint32
}

// timesOf are the times of an open file or folder.
func timesOf(handle windows.Handle) (s stamps, ok bool) {
	var info basicInfo
	err := windows.GetFileInformationByHandleEx(handle, windows.FileBasicInfo, (*byte)(unsafe.Pointer(&info)), uint32(unsafe.Sizeof(info)))
	return stamps{written: unixTime(info.written), changed: unixTime(info.changed), born: unixTime(info.created)}, err == nil
}

func unixTime(ticks int64) int64 {
	at := windows.Filetime{LowDateTime: uint32(ticks), HighDateTime: uint32(ticks >> 32)}
	return at.Nanoseconds()
}
