package vfs

import (
	"crypto/md5"
	"crypto/sha1"
	"crypto/sha256"
	"crypto/sha512"
	"hash"
	"hash/crc32"
	"slices"
)

// HashName names a digest by the word of the HASH command's draft
// (draft-bryan-ftpext-hash-02) and the IANA's list of hash functions.
type HashName string

// The digests that FTP servers offer, by HASH or by XSHA512, XSHA256, XSHA1,
// XMD5 and XCRC. None of them is asked to stand against a forger here: the
// server's own word is what they compare with.
const (
	SHA512 HashName = "SHA-512"
	SHA256 HashName = "SHA-256"
	SHA1   HashName = "SHA-1"
	MD5    HashName = "MD5"
	CRC32  HashName = "CRC32"
)

// HashNames returns all of them in the order of preference: SHA-256 first,
// which processors do in hardware, then the stronger before the weaker.
func HashNames() []HashName { return []HashName{SHA256, SHA512, SHA1, MD5, CRC32} }

// New returns the digest's computation, nil for an unknown name.
func (n HashName) New() hash.Hash {
	switch n {
	case SHA512:
		return sha512.New()
	case SHA256:
		return sha256.New()
	case SHA1:
		return sha1.New()
	case MD5:
		return md5.New()
	case CRC32:
		return crc32.NewIEEE()
	}
	return nil
}

// CommonHash returns the best digest that both can tell, "" where there is
// none.
func CommonHash(a, b []HashName) HashName {
	for _, n := range HashNames() {
		if slices.Contains(a, n) && slices.Contains(b, n) {
			return n
		}
	}
	return ""
}
