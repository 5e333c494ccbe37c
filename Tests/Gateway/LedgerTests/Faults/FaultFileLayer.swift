import CSQLite
import Glibc
import Synchronization

/// Registers a ``FaultDisk`` with the database library as a file layer (a "VFS") of its own name.
///
/// The layer is never unregistered: the library keeps the pointer, and a test process is short.
@safe final class FaultFileLayer {
    let name: String
    let disk: FaultDisk

    private static let count = Atomic<Int>(0)

    init(_ disk: FaultDisk) {
        self.disk = disk
        let number = FaultFileLayer.count.wrappingAdd(1, ordering: .relaxed).newValue
        name = "fault-\(number)"
        // Time, sleep and randomness come from the layer of the system; the rest is replaced. All allocations made
        // here live until the process ends, as the library demands.
        let layer = UnsafeMutablePointer<sqlite3_vfs>.allocate(capacity: 1)
        unsafe layer.initialize(to: sqlite3_vfs_find(nil).pointee)
        unsafe layer.pointee.iVersion = 1
        unsafe layer.pointee.zName = UnsafePointer(strdup(name))
        unsafe layer.pointee.szOsFile = Int32(MemoryLayout<FaultFile>.stride)
        unsafe layer.pointee.pNext = nil
        unsafe layer.pointee.pAppData = Unmanaged.passRetained(disk).toOpaque()
        unsafe layer.pointee.xOpen = { layer, name, file, flags, outFlags in
            guard let file = unsafe file, let disk = unsafe FaultFileLayer.disk(layer) else { return SQLITE_CANTOPEN }
            let path = unsafe name.map { unsafe String(cString: $0) } ?? "temporary"
            let open = OpenFile(disk: disk, name: path)
            unsafe UnsafeMutableRawPointer(file).bindMemory(to: FaultFile.self, capacity: 1).initialize(
                to: FaultFile(methods: FaultFileLayer.methods, open: Unmanaged.passRetained(open).toOpaque())
            )
            disk.state.withLock { state in
                if state.hasPower, state.files[path] == nil { state.files[path] = FaultDisk.File() }
            }
            unsafe outFlags?.pointee = flags
            return SQLITE_OK
        }
        unsafe layer.pointee.xDelete = { layer, name, _ in
            guard let disk = unsafe FaultFileLayer.disk(layer), let name = unsafe name else { return SQLITE_IOERR }
            return disk.delete(unsafe String(cString: name)) == nil ? SQLITE_OK : failedDeletion
        }
        unsafe layer.pointee.xAccess = { layer, name, _, result in
            guard let disk = unsafe FaultFileLayer.disk(layer), let name = unsafe name else { return SQLITE_IOERR }
            let path = unsafe String(cString: name)
            let exists = disk.state.withLock { $0.files[path] != nil }
            unsafe result?.pointee = exists ? 1 : 0
            return SQLITE_OK
        }
        unsafe layer.pointee.xFullPathname = { _, name, size, result in
            guard let name = unsafe name, let result = unsafe result else { return SQLITE_CANTOPEN }
            unsafe strncpy(result, name, Int(size))
            return SQLITE_OK
        }
        unsafe sqlite3_vfs_register(layer, 0)
    }

    private static func disk(_ layer: UnsafeMutablePointer<sqlite3_vfs>?) -> FaultDisk? {
        // The disk was retained for good at registration.
        guard let data = unsafe layer?.pointee.pAppData else { return nil }
        return unsafe Unmanaged<FaultDisk>.fromOpaque(data).takeUnretainedValue()
    }

    /// One open file of one connection.
    final class OpenFile {
        let disk: FaultDisk
        let name: String
        let holder: Int

        private static let count = Atomic<Int>(0)

        init(disk: FaultDisk, name: String) {
            self.disk = disk
            self.name = name
            holder = OpenFile.count.wrappingAdd(1, ordering: .relaxed).newValue
        }

        static func at(_ file: UnsafeMutablePointer<sqlite3_file>?) -> OpenFile? {
            // Every file of this layer begins with our own structure, made in xOpen.
            guard let file = unsafe file else { return nil }
            let structure = unsafe UnsafeMutableRawPointer(file).assumingMemoryBound(to: FaultFile.self)
            guard let open = unsafe structure.pointee.open else { return nil }
            return unsafe Unmanaged<OpenFile>.fromOpaque(open).takeUnretainedValue()
        }
    }

    /// The library's file object, with our own reference behind its first field.
    @safe struct FaultFile {
        var methods: UnsafePointer<sqlite3_io_methods>?
        var open: UnsafeMutableRawPointer?
    }

    private nonisolated(unsafe) static let methods: UnsafePointer<sqlite3_io_methods> = {
        // One table for the whole process, never changed after this.
        let table = UnsafeMutablePointer<sqlite3_io_methods>.allocate(capacity: 1)
        unsafe table.initialize(to: sqlite3_io_methods())
        unsafe table.pointee.iVersion = 2
        unsafe table.pointee.xClose = { file in
            guard let file = unsafe file, let open = unsafe OpenFile.at(file) else { return SQLITE_OK }
            open.disk.state.withLock { $0.locks.unlock(open.name, open.holder, to: 0) }
            unsafe Unmanaged.passUnretained(open).release()
            unsafe UnsafeMutableRawPointer(file).assumingMemoryBound(to: FaultFile.self).pointee.open = nil
            return SQLITE_OK
        }
        unsafe table.pointee.xRead = { file, buffer, count, offset in
            guard let open = unsafe OpenFile.at(file), let buffer = unsafe buffer else { return failedRead }
            let target = unsafe UnsafeMutableRawBufferPointer(start: buffer, count: Int(count))
            let read = unsafe open.disk.read(open.name, offset: Int(offset), into: target)
            return read == Int(count) ? SQLITE_OK : shortRead
        }
        unsafe table.pointee.xWrite = { file, buffer, count, offset in
            guard let open = unsafe OpenFile.at(file), let buffer = unsafe buffer else { return SQLITE_IOERR }
            let bytes = unsafe Array(UnsafeRawBufferPointer(start: buffer, count: Int(count)))
            return answer(open.disk.write(open.name, offset: Int(offset), bytes: bytes), failedWrite)
        }
        unsafe table.pointee.xTruncate = { file, size in
            guard let open = unsafe OpenFile.at(file) else { return SQLITE_IOERR }
            return answer(open.disk.truncate(open.name, size: Int(size)), failedTruncation)
        }
        unsafe table.pointee.xSync = { file, _ in
            guard let open = unsafe OpenFile.at(file) else { return SQLITE_IOERR }
            return answer(open.disk.sync(open.name), failedSync)
        }
        unsafe table.pointee.xFileSize = { file, size in
            guard let open = unsafe OpenFile.at(file) else { return SQLITE_IOERR }
            let count = open.disk.state.withLock { $0.files[open.name]?.current.count ?? 0 }
            unsafe size?.pointee = sqlite3_int64(count)
            return SQLITE_OK
        }
        unsafe table.pointee.xLock = { file, level in
            guard let open = unsafe OpenFile.at(file) else { return SQLITE_IOERR }
            return open.disk.state.withLock { $0.locks.lock(open.name, open.holder, to: level) }
                ? SQLITE_OK : SQLITE_BUSY
        }
        unsafe table.pointee.xUnlock = { file, level in
            guard let open = unsafe OpenFile.at(file) else { return SQLITE_IOERR }
            open.disk.state.withLock { $0.locks.unlock(open.name, open.holder, to: level) }
            return SQLITE_OK
        }
        unsafe table.pointee.xCheckReservedLock = { file, result in
            guard let open = unsafe OpenFile.at(file) else { return SQLITE_IOERR }
            let isReserved = open.disk.state.withLock { $0.locks.isReserved(open.name) }
            unsafe result?.pointee = isReserved ? 1 : 0
            return SQLITE_OK
        }
        unsafe table.pointee.xFileControl = { _, _, _ in SQLITE_NOTFOUND }
        unsafe table.pointee.xSectorSize = { _ in 512 }
        unsafe table.pointee.xDeviceCharacteristics = { _ in SQLITE_IOCAP_POWERSAFE_OVERWRITE }
        unsafe table.pointee.xShmMap = { file, index, size, extend, result in
            guard let open = unsafe OpenFile.at(file) else { return SQLITE_IOERR }
            return open.disk.state.withLock { state in
                var regions = state.sharedMemory[open.name] ?? []
                while regions.count <= Int(index) {
                    guard extend != 0, let memory = unsafe calloc(1, Int(size)) else {
                        unsafe result?.pointee = nil
                        return SQLITE_OK
                    }
                    unsafe regions.append(FaultDisk.SharedRegion(start: memory))
                }
                state.sharedMemory[open.name] = regions
                unsafe result?.pointee = UnsafeMutableRawPointer(mutating: regions[Int(index)].start)
                return SQLITE_OK
            }
        }
        unsafe table.pointee.xShmLock = { file, offset, count, flags in
            guard let open = unsafe OpenFile.at(file) else { return SQLITE_IOERR }
            let slots = Int(offset)..<Int(offset + count)
            return open.disk.state.withLock { state in
                if flags & SQLITE_SHM_UNLOCK != 0 {
                    state.locks.unlockSlots(open.name, open.holder, slots)
                    return SQLITE_OK
                }
                let isExclusive = flags & SQLITE_SHM_EXCLUSIVE != 0
                return state.locks.lockSlots(open.name, open.holder, slots, isExclusive: isExclusive)
                    ? SQLITE_OK : SQLITE_BUSY
            }
        }
        unsafe table.pointee.xShmBarrier = { file in
            guard let open = unsafe OpenFile.at(file) else { return }
            open.disk.state.withLock { _ in }
        }
        unsafe table.pointee.xShmUnmap = { file, _ in
            guard let open = unsafe OpenFile.at(file) else { return SQLITE_OK }
            open.disk.state.withLock { $0.locks.unlockSlots(open.name, open.holder, 0..<8) }
            return SQLITE_OK
        }
        return unsafe UnsafePointer(table)
    }()

    private static func answer(_ refusal: FaultDisk.Refusal?, _ failure: Int32) -> Int32 {
        switch refusal {
        case nil: SQLITE_OK
        case .full: SQLITE_FULL
        case .failed, .power: failure
        }
    }
}

/// Extended result codes are macros with shifts, which Swift does not import.
private let shortRead: Int32 = SQLITE_IOERR | (2 << 8)
private let failedRead: Int32 = SQLITE_IOERR | (1 << 8)
private let failedWrite: Int32 = SQLITE_IOERR | (3 << 8)
private let failedSync: Int32 = SQLITE_IOERR | (4 << 8)
private let failedTruncation: Int32 = SQLITE_IOERR | (6 << 8)
private let failedDeletion: Int32 = SQLITE_IOERR | (10 << 8)
