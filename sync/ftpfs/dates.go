package ftpfs

import (
	"context"
	"time"

	"wherry/sync/vfs"
)

// Dates tells the times of files in dir to the second; see vfs.Dater.
func (f *FS) Dates(ctx context.Context, dir vfs.Path, names []string) (told map[string]time.Time, err error) {
	err = f.do(ctx, looks("stat", dir), func(c conn) (err error) {
		told, err = c.Dates(ctx, dir, names)
		return err
	})
	return told, err
}
