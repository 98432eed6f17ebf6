// Verifies logs that Domesday wrote, with Go's own implementation of signed notes and tiled logs and no line of Domesday's code.
//
// Usage: independent-verifier FOLDER...
//
// Each folder holds what a log serves, by its paths: key, checkpoint, tile/…, and proofs, a file with a line for each proof:
//
//	inclusion INDEX SIZE LEAF-HASH HASH…
//	consistency FROM TO HASH…
//
// The program prints a line for each folder and ends with 1 at the first one that does not verify.
package main

import (
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

const tileHeight = 8

func main() {
	for _, folder := range os.Args[1:] {
		counts, err := verify(folder)
		if err != nil {
			fmt.Printf("%s: %v\n", filepath.Base(folder), err)
			os.Exit(1)
		}
		fmt.Printf("%s: %s\n", filepath.Base(folder), counts)
	}
}

func verify(folder string) (string, error) {
	tree, err := openCheckpoint(folder)
	if err != nil {
		return "", err
	}
	if tree.N == 0 {
		if tree.Hash != sha256.Sum256(nil) {
			return "", errors.New("the empty tree has another root")
		}
		return "empty", nil
	}
	root, err := tlog.TreeHash(tree.N, tlog.TileHashReader(tree, tiles{folder}))
	if err != nil {
		return "", fmt.Errorf("tiles: %w", err)
	}
	if root != tree.Hash {
		return "", errors.New("the tiles have another root than the checkpoint")
	}
	leaves, err := readLeaves(folder, tree.N)
	if err != nil {
		return "", err
	}
	hashes, err := build(leaves)
	if err != nil {
		return "", err
	}
	if root, err = tlog.TreeHash(tree.N, hashes); err != nil || root != tree.Hash {
		return "", fmt.Errorf("the leaves have another root than the checkpoint (%v)", err)
	}
	if err := checkTiles(folder, tree.N, hashes); err != nil {
		return "", err
	}
	entries, err := checkEntries(folder, leaves)
	if err != nil {
		return "", err
	}
	inclusions, consistencies, err := checkProofs(folder, tree, hashes, leaves)
	if err != nil {
		return "", err
	}
	return fmt.Sprintf("%d leaves, %d entries, %d inclusion proofs, %d consistency proofs", tree.N, entries, inclusions, consistencies), nil
}

// openCheckpoint checks the signature. tlog.ParseTree insists on the first line of Go's own log, so the three lines are read here.
func openCheckpoint(folder string) (tlog.Tree, error) {
	key, err := os.ReadFile(filepath.Join(folder, "key"))
	if err != nil {
		return tlog.Tree{}, err
	}
	verifier, err := note.NewVerifier(strings.TrimSpace(string(key)))
	if err != nil {
		return tlog.Tree{}, fmt.Errorf("key: %w", err)
	}
	text, err := os.ReadFile(filepath.Join(folder, "checkpoint"))
	if err != nil {
		return tlog.Tree{}, err
	}
	opened, err := note.Open(text, note.VerifierList(verifier))
	if err != nil {
		return tlog.Tree{}, fmt.Errorf("checkpoint: %w", err)
	}
	lines := strings.Split(opened.Text, "\n")
	if len(lines) != 4 || lines[0] != verifier.Name() || lines[3] != "" {
		return tlog.Tree{}, errors.New("the checkpoint does not have three lines with the key's name first")
	}
	size, err := strconv.ParseInt(lines[1], 10, 64)
	if err != nil {
		return tlog.Tree{}, err
	}
	root, err := tlog.ParseHash(lines[2])
	return tlog.Tree{N: size, Hash: root}, err
}

// readLeaves reads every leaf hash as it stands in the tiles of level 0.
func readLeaves(folder string, size int64) ([]tlog.Hash, error) {
	leaves := make([]tlog.Hash, 0, size)
	for first := int64(0); first < size; first += 1 << tileHeight {
		tile := tlog.Tile{H: tileHeight, L: 0, N: first >> tileHeight, W: widthFrom(first, size)}
		data, err := os.ReadFile(filepath.Join(folder, path(tile)))
		if err != nil {
			return nil, err
		}
		if len(data) != tile.W*tlog.HashSize {
			return nil, fmt.Errorf("%s has %d bytes", path(tile), len(data))
		}
		for ; len(data) > 0; data = data[tlog.HashSize:] {
			var leaf tlog.Hash
			copy(leaf[:], data)
			leaves = append(leaves, leaf)
		}
	}
	return leaves, nil
}

// build computes every hash of the tree from its leaves.
func build(leaves []tlog.Hash) (tlog.HashReader, error) {
	var stored []tlog.Hash
	reader := tlog.HashReaderFunc(func(indexes []int64) ([]tlog.Hash, error) {
		found := make([]tlog.Hash, len(indexes))
		for i, index := range indexes {
			if index >= int64(len(stored)) {
				return nil, fmt.Errorf("hash %d is not in the tree", index)
			}
			found[i] = stored[index]
		}
		return found, nil
	})
	for index, leaf := range leaves {
		added, err := tlog.StoredHashesForRecordHash(int64(index), leaf, reader)
		if err != nil {
			return nil, err
		}
		stored = append(stored, added...)
	}
	return reader, nil
}

// checkTiles compares every tile of the tree, byte by byte.
func checkTiles(folder string, size int64, hashes tlog.HashReader) error {
	for _, tile := range tlog.NewTiles(tileHeight, 0, size) {
		if tile.W != widthFrom(tile.N<<tileHeight, size>>(tileHeight*tile.L)) {
			continue // a narrower form of a tile that comes later
		}
		expected, err := tlog.ReadTileData(tile, hashes)
		if err != nil {
			return err
		}
		data, err := os.ReadFile(filepath.Join(folder, path(tile)))
		if err != nil {
			return err
		}
		if !bytes.Equal(expected, data) {
			return fmt.Errorf("%s is not the tile that follows from the leaves", path(tile))
		}
	}
	return nil
}

func widthFrom(first, size int64) int {
	if size-first < 1<<tileHeight {
		return int(size - first)
	}
	return 1 << tileHeight
}

// checkEntries hashes the bundles that are there.
func checkEntries(folder string, leaves []tlog.Hash) (int, error) {
	checked := 0
	for first := 0; first < len(leaves); first += 1 << tileHeight {
		width := widthFrom(int64(first), int64(len(leaves)))
		path := strings.Replace(path(tlog.Tile{H: tileHeight, L: 0, N: int64(first >> tileHeight), W: width}), "tile/0/", "tile/entries/", 1)
		bundle, err := os.ReadFile(filepath.Join(folder, path))
		if errors.Is(err, os.ErrNotExist) {
			continue
		}
		if err != nil {
			return 0, err
		}
		for place := 0; place < width; place++ {
			if len(bundle) < 2 || len(bundle) < 2+int(binary.BigEndian.Uint16(bundle)) {
				return 0, fmt.Errorf("%s ends within an entry", path)
			}
			length := int(binary.BigEndian.Uint16(bundle))
			if tlog.RecordHash(bundle[2:2+length]) != leaves[first+place] {
				return 0, fmt.Errorf("entry %d does not have the hash of its leaf", first+place)
			}
			bundle = bundle[2+length:]
			checked++
		}
		if len(bundle) > 0 {
			return 0, fmt.Errorf("%s holds more than %d entries", path, width)
		}
	}
	return checked, nil
}

func checkProofs(folder string, tree tlog.Tree, hashes tlog.HashReader, leaves []tlog.Hash) (inclusions, consistencies int, err error) {
	text, err := os.ReadFile(filepath.Join(folder, "proofs"))
	if err != nil {
		return 0, 0, err
	}
	for _, line := range strings.Split(strings.TrimSpace(string(text)), "\n") {
		fields := strings.Fields(line)
		if len(fields) < 3 {
			return 0, 0, fmt.Errorf("no proof: %q", line)
		}
		first, err1 := strconv.ParseInt(fields[1], 10, 64)
		second, err2 := strconv.ParseInt(fields[2], 10, 64)
		path, err3 := parseHashes(fields[3:])
		if err := firstOf(err1, err2, err3); err != nil {
			return 0, 0, err
		}
		if fields[0] == "inclusion" {
			err = checkInclusion(first, second, path, hashes, leaves)
			inclusions++
		} else {
			err = checkConsistency(first, second, path, hashes)
			consistencies++
		}
		if err != nil {
			return 0, 0, fmt.Errorf("%s %d %d: %w", fields[0], first, second, err)
		}
	}
	return inclusions, consistencies, nil
}

// checkInclusion also makes the proof itself: it must be the same.
func checkInclusion(index, size int64, leafAndPath []tlog.Hash, hashes tlog.HashReader, leaves []tlog.Hash) error {
	if len(leafAndPath) == 0 || leafAndPath[0] != leaves[index] {
		return errors.New("another leaf hash than in the tiles")
	}
	root, err := tlog.TreeHash(size, hashes)
	if err != nil {
		return err
	}
	own, err := tlog.ProveRecord(size, index, hashes)
	if err != nil {
		return err
	}
	if !same(own, leafAndPath[1:]) {
		return errors.New("another proof than Go makes")
	}
	return tlog.CheckRecord(leafAndPath[1:], size, root, index, leafAndPath[0])
}

func checkConsistency(from, to int64, path []tlog.Hash, hashes tlog.HashReader) error {
	older, err1 := tlog.TreeHash(from, hashes)
	newer, err2 := tlog.TreeHash(to, hashes)
	own, err3 := tlog.ProveTree(to, from, hashes)
	if err := firstOf(err1, err2, err3); err != nil {
		return err
	}
	if !same(own, path) {
		return errors.New("another proof than Go makes")
	}
	return tlog.CheckTree(path, to, newer, from, older)
}

func parseHashes(texts []string) ([]tlog.Hash, error) {
	hashes := make([]tlog.Hash, len(texts))
	for i, text := range texts {
		data, err := base64.StdEncoding.DecodeString(text)
		if err != nil || len(data) != tlog.HashSize {
			return nil, fmt.Errorf("no hash: %q", text)
		}
		copy(hashes[i][:], data)
	}
	return hashes, nil
}

func same(left, right []tlog.Hash) bool {
	if len(left) != len(right) {
		return false
	}
	for i := range left {
		if !bytes.Equal(left[i][:], right[i][:]) {
			return false
		}
	}
	return true
}

func firstOf(failures ...error) error {
	for _, err := range failures {
		if err != nil {
			return err
		}
	}
	return nil
}

// tiles reads tiles from a folder. Go's paths name the height after the first part; C2SP's leave it out, because it is always 8.
type tiles struct{ folder string }

func (tiles) Height() int { return tileHeight }

func (t tiles) ReadTiles(wanted []tlog.Tile) ([][]byte, error) {
	data := make([][]byte, len(wanted))
	for i, tile := range wanted {
		var err error
		if data[i], err = os.ReadFile(filepath.Join(t.folder, path(tile))); err != nil {
			return nil, err
		}
	}
	return data, nil
}

func (tiles) SaveTiles([]tlog.Tile, [][]byte) {}

func path(tile tlog.Tile) string {
	return strings.Replace(tile.Path(), "tile/8/", "tile/", 1)
}
