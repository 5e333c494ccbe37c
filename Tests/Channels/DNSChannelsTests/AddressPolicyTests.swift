import Addressing
import DNSChannels
import Testing

@Suite("AddressPolicy")
struct AddressPolicyTests {
    @Test(
        "XEP-0205: what only this machine or its link reaches is refused",
        arguments: [
            ("127.0.0.1", AddressPolicy.Kind.loopback), ("127.255.255.255", .loopback), ("::1", .loopback),
            ("0.0.0.0", .unspecified), ("0.1.2.3", .unspecified), ("::", .unspecified),
            ("169.254.169.254", .linkLocal), ("fe80::1", .linkLocal), ("febf::1", .linkLocal),
            ("224.0.0.1", .multicast), ("239.255.255.255", .multicast), ("ff02::1", .multicast),
            ("240.0.0.1", .reserved), ("255.255.255.255", .reserved),
            ("::ffff:127.0.0.1", .loopback), ("::127.0.0.1", .loopback), ("64:ff9b::7f00:1", .loopback),
            ("2002:7f00:1::1", .loopback), ("::ffff:169.254.169.254", .linkLocal),
        ]
    )
    func refused(_ text: String, _ kind: AddressPolicy.Kind) {
        #expect(AddressPolicy().refusal(of: Samples.address(text), port: 25) == kind)
        var open = AddressPolicy()
        open.refused.remove(kind)
        #expect(open.refusal(of: Samples.address(text), port: 25) == nil)
    }

    @Test(
        "XEP-0205: other addresses are not refused, private ones neither unless an operator says so",
        arguments: [
            "192.0.2.1", "128.0.0.1", "126.255.255.255", "169.253.1.1", "223.255.255.255", "2001:db8::1", "fec0::1",
            "10.0.0.1", "192.168.1.1", "172.16.0.1", "100.64.0.1", "fd00::1", "::ffff:192.0.2.1",
        ]
    )
    func taken(_ text: String) {
        #expect(AddressPolicy().refusal(of: Samples.address(text), port: 5_269) == nil)
    }

    @Test("XEP-0205: private addresses can be refused")
    func privateAddresses() {
        var policy = AddressPolicy()
        policy.refused.insert(.privateUse)
        for text in ["10.0.0.1", "192.168.1.1", "172.31.0.1", "100.127.0.1", "fd00::1", "::ffff:10.0.0.1"] {
            #expect(policy.refusal(of: Samples.address(text), port: 5_269) == .privateUse)
        }
        for text in ["172.32.0.1", "100.128.0.1", "192.169.0.1", "11.0.0.1", "fe00::1"] {
            #expect(policy.refusal(of: Samples.address(text), port: 5_269) == nil)
        }
    }

    @Test(
        "RFC 6890 §2.2.2, RFC 4291 §2.5.7, RFC 8215 §7: what not all the world can reach is not global, to its edges",
        arguments: [
            ("198.17.255.255", nil), ("198.18.0.0", .privateUse), ("198.19.255.255", .privateUse), ("198.20.0.0", nil),
            ("191.255.255.255", nil), ("192.0.0.0", .reserved), ("192.0.0.255", .reserved), ("192.0.1.0", nil),
            ("64:ff9b:0:ffff::1", nil), ("64:ff9b:1::", .privateUse), ("64:ff9b:1:ffff::1", .privateUse),
            ("64:ff9b:2::", nil), ("febf:ffff::", .linkLocal), ("fec0::", .privateUse), ("feff:ffff::1", .privateUse),
            ("ff00::", .multicast), ("2000:ffff:ffff::1", nil), ("2001::", .reserved), ("2001:0:ffff::1", .reserved),
            ("2001:1::", nil), ("::ffff:198.18.0.1", .privateUse), ("::192.0.0.1", .reserved),
            ("64:ff9b::c612:1", .privateUse), ("2002:c000:1::1", .reserved),
        ] as [(String, AddressPolicy.Kind?)]
    )
    func global(_ text: String, _ kind: AddressPolicy.Kind?) {
        var policy = AddressPolicy()
        policy.refused = Set(AddressPolicy.Kind.allCases).subtracting([.global])
        #expect(policy.refusal(of: Samples.address(text), port: 443) == kind)
    }

    @Test("XEP-0205: an allowed range frees its addresses and no others")
    func allowed() throws {
        var policy = AddressPolicy()
        policy.allowed = [
            try #require(AddressPolicy.Block("127.0.0.0/24")), try #require(AddressPolicy.Block("fe80:0:0:1::/64")),
            try #require(AddressPolicy.Block("::1")),
        ]
        #expect(policy.refusal(of: Samples.address("127.0.0.255"), port: 1) == nil)
        #expect(policy.refusal(of: Samples.address("127.0.1.0"), port: 1) == .loopback)
        #expect(policy.refusal(of: Samples.address("fe80:0:0:1::9"), port: 1) == nil)
        #expect(policy.refusal(of: Samples.address("fe80:0:0:2::9"), port: 1) == .linkLocal)
        #expect(policy.refusal(of: Samples.address("::1"), port: 1) == nil)
        #expect(AddressPolicy.Block("127.0.0.0/33") == nil && AddressPolicy.Block("x/8") == nil)
        #expect(AddressPolicy.Block("::/129") == nil && AddressPolicy.Block("127.0.0.1/") == nil)
        #expect(AddressPolicy.Block("0.0.0.0/0")?.contains(Samples.address("192.0.2.1")) == true)
        #expect(AddressPolicy.Block("0.0.0.0/0")?.contains(Samples.address("::1")) == false)
    }

    @Test("XEP-0205: the machine's own addresses are known")
    func thisMachine() throws {
        #expect(try AddressPolicy.addressesOfThisMachine().contains(Samples.address("127.0.0.1")))
    }

    @Test("XEP-0205: the gateway's own listeners are refused, also where loopback is allowed")
    func ownListeners() throws {
        var policy = AddressPolicy()
        policy.ownAddresses = [Samples.address("192.0.2.1")]
        policy.ownPorts = [5_269]
        policy.allowed = [try #require(AddressPolicy.Block("127.0.0.0/8"))]
        #expect(policy.refusal(of: Samples.address("192.0.2.1"), port: 5_269) == .own)
        #expect(policy.refusal(of: Samples.address("::ffff:192.0.2.1"), port: 5_269) == .own)
        #expect(policy.refusal(of: Samples.address("192.0.2.1"), port: 5_270) == nil)
        #expect(policy.refusal(of: Samples.address("192.0.2.2"), port: 5_269) == nil)
        #expect(policy.refusal(of: Samples.address("127.0.0.1"), port: 5_269) == .own)
        #expect(policy.refusal(of: Samples.address("127.0.0.1"), port: 5_270) == nil)
        policy.ownPorts = nil
        #expect(policy.refusal(of: Samples.address("192.0.2.1"), port: 5_270) == .own)
        #expect(policy.refusal(of: Samples.address("192.0.2.2"), port: 5_270) == nil)
        #expect(policy.refusal(of: Samples.address("127.0.0.1"), port: 5_270) == .own)
        policy.refused.remove(.own)
        #expect(policy.refusal(of: Samples.address("192.0.2.1"), port: 5_270) == nil)
    }
}
