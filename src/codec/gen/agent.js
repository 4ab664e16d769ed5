/*eslint-disable block-scoped-var, id-length, no-control-regex, no-magic-numbers, no-mixed-operators, no-prototype-builtins, no-redeclare, no-shadow, no-var, sort-vars, default-case, jsdoc/require-param*/
import $protobuf from "protobufjs/minimal.js";

// Common aliases
const $Reader = $protobuf.Reader, $Writer = $protobuf.Writer, $util = $protobuf.util;
const $Object = $util.global.Object, $undefined = $util.global.undefined, $Error = $util.global.Error, $RangeError = $util.global.RangeError;

// Exported root namespace
const $root = $protobuf.roots["agent"] || ($protobuf.roots["agent"] = {});

export const grpc = $root.grpc = (() => {

    /**
     * Namespace grpc.
     * @exports grpc
     * @namespace
     */
    const grpc = {};

    grpc.StringUser = (function() {

        /**
         * Properties of a StringUser.
         * @typedef {Object} grpc.StringUser.$Properties
         * @property {string|null} [uid] StringUser uid
         * @property {string|null} [gid] StringUser gid
         * @property {Array.<string>|null} [additionalGids] StringUser additionalGids
         * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
         */

        /**
         * Properties of a StringUser.
         * @memberof grpc
         * @interface IStringUser
         * @augments grpc.StringUser.$Properties
         * @deprecated Use grpc.StringUser.$Properties instead.
         */

        /**
         * Shape of a StringUser.
         * @typedef {grpc.StringUser.$Properties} grpc.StringUser.$Shape
         */

        /**
         * Constructs a new StringUser.
         * @memberof grpc
         * @classdesc Represents a StringUser.
         * @constructor
         * @param {grpc.StringUser.$Properties=} [properties] Properties to set
         * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
         */
        const StringUser = function (properties) {
            this.additionalGids = [];
            if (properties)
                for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                    if (properties[keys[i]] != null && keys[i] !== "__proto__")
                        this[keys[i]] = properties[keys[i]];
        };

        /**
         * StringUser uid.
         * @member {string} uid
         * @memberof grpc.StringUser
         * @instance
         */
        StringUser.prototype.uid = "";

        /**
         * StringUser gid.
         * @member {string} gid
         * @memberof grpc.StringUser
         * @instance
         */
        StringUser.prototype.gid = "";

        /**
         * StringUser additionalGids.
         * @member {Array.<string>} additionalGids
         * @memberof grpc.StringUser
         * @instance
         */
        StringUser.prototype.additionalGids = $util.emptyArray;

        /**
         * Creates a new StringUser instance using the specified properties.
         * @function create
         * @memberof grpc.StringUser
         * @static
         * @param {grpc.StringUser.$Properties=} [properties] Properties to set
         * @returns {grpc.StringUser} StringUser instance
         * @type {{
         *   (properties: grpc.StringUser.$Shape): grpc.StringUser & grpc.StringUser.$Shape;
         *   (properties?: grpc.StringUser.$Properties): grpc.StringUser;
         * }}
         */
        StringUser.create = function(properties) {
            return new StringUser(properties);
        };

        /**
         * Encodes the specified StringUser message. Does not implicitly {@link grpc.StringUser.verify|verify} messages.
         * @function encode
         * @memberof grpc.StringUser
         * @static
         * @param {grpc.StringUser.$Properties} message StringUser message or plain object to encode
         * @param {$protobuf.Writer} [writer] Writer to encode to
         * @returns {$protobuf.Writer} Writer
         */
        StringUser.encode = function (message, writer, _depth) {
            if (!writer)
                writer = $Writer.create();
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            if (message.uid != null && $Object.hasOwnProperty.call(message, "uid") && message.uid !== "")
                writer.uint32(/* id 1, wireType 2 =*/10).string(message.uid);
            if (message.gid != null && $Object.hasOwnProperty.call(message, "gid") && message.gid !== "")
                writer.uint32(/* id 2, wireType 2 =*/18).string(message.gid);
            if (message.additionalGids != null && message.additionalGids.length)
                for (let i = 0; i < message.additionalGids.length; ++i)
                    writer.uint32(/* id 3, wireType 2 =*/26).string(message.additionalGids[i]);
            if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                for (let i = 0; i < message.$unknowns.length; ++i)
                    writer.raw(message.$unknowns[i]);
            return writer;
        };

        /**
         * Decodes a StringUser message from the specified reader or buffer.
         * @function decode
         * @memberof grpc.StringUser
         * @static
         * @param {$protobuf.Reader|Uint8Array} reader Reader or buffer to decode from
         * @param {number} [length] Message length if known beforehand
         * @returns {grpc.StringUser & grpc.StringUser.$Shape} StringUser
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        StringUser.decode = function (reader, length, _end, _depth, _target) {
            if (!(reader instanceof $Reader))
                reader = $Reader.create(reader);
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $Reader.recursionLimit)
                throw $Error("max depth exceeded");
            let end, message, value;
            if (length === $undefined)
                end = reader.len;
            else {
                end = reader.pos + length;
                if (end > reader.len)
                    throw $RangeError("index out of range");
                length = reader.len;
                reader.len = end;
            }
            message = _target || new $root.grpc.StringUser();
            while (reader.pos < end) {
                let start = reader.pos;
                let tag = reader.tag();
                if (tag === _end) {
                    _end = $undefined;
                    break;
                }
                let wireType = tag & 7;
                switch (tag >>>= 3) {
                case 1: {
                        if (wireType !== 2)
                            break;
                        if ((value = reader.stringVerify()).length)
                            message.uid = value;
                        else
                            delete message.uid;
                        continue;
                    }
                case 2: {
                        if (wireType !== 2)
                            break;
                        if ((value = reader.stringVerify()).length)
                            message.gid = value;
                        else
                            delete message.gid;
                        continue;
                    }
                case 3: {
                        if (wireType !== 2)
                            break;
                        if (!(message.additionalGids && message.additionalGids.length))
                            message.additionalGids = [];
                        message.additionalGids.push(reader.stringVerify());
                        continue;
                    }
                }
                reader.skipType(wireType, _depth, tag);
                if (!reader.discardUnknown) {
                    $util.makeProp(message, "$unknowns", false);
                    (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                }
            }
            if (length !== $undefined) {
                if (reader.pos !== end)
                    throw $RangeError("index out of range");
                reader.len = length;
            }
            if (_end !== $undefined)
                throw $Error("missing end group");
            return message;
        };

        /**
         * Gets the type url for StringUser
         * @function getTypeUrl
         * @memberof grpc.StringUser
         * @static
         * @param {string} [prefix] Custom type url prefix, defaults to `"type.googleapis.com"`
         * @returns {string} The type url
         */
        StringUser.getTypeUrl = function(prefix) {
            if (prefix === $undefined)
                prefix = "type.googleapis.com";
            return prefix + "/grpc.StringUser";
        };

        return StringUser;
    })();

    grpc.Storage = (function() {

        /**
         * Properties of a Storage.
         * @typedef {Object} grpc.Storage.$Properties
         * @property {string|null} [driver] Storage driver
         * @property {Array.<string>|null} [driverOptions] Storage driverOptions
         * @property {string|null} [source] Storage source
         * @property {string|null} [fstype] Storage fstype
         * @property {Array.<string>|null} [options] Storage options
         * @property {string|null} [mountPoint] Storage mountPoint
         * @property {boolean|null} [shared] Storage shared
         * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
         */

        /**
         * Properties of a Storage.
         * @memberof grpc
         * @interface IStorage
         * @augments grpc.Storage.$Properties
         * @deprecated Use grpc.Storage.$Properties instead.
         */

        /**
         * Shape of a Storage.
         * @typedef {grpc.Storage.$Properties} grpc.Storage.$Shape
         */

        /**
         * Constructs a new Storage.
         * @memberof grpc
         * @classdesc Represents a Storage.
         * @constructor
         * @param {grpc.Storage.$Properties=} [properties] Properties to set
         * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
         */
        const Storage = function (properties) {
            this.driverOptions = [];
            this.options = [];
            if (properties)
                for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                    if (properties[keys[i]] != null && keys[i] !== "__proto__")
                        this[keys[i]] = properties[keys[i]];
        };

        /**
         * Storage driver.
         * @member {string} driver
         * @memberof grpc.Storage
         * @instance
         */
        Storage.prototype.driver = "";

        /**
         * Storage driverOptions.
         * @member {Array.<string>} driverOptions
         * @memberof grpc.Storage
         * @instance
         */
        Storage.prototype.driverOptions = $util.emptyArray;

        /**
         * Storage source.
         * @member {string} source
         * @memberof grpc.Storage
         * @instance
         */
        Storage.prototype.source = "";

        /**
         * Storage fstype.
         * @member {string} fstype
         * @memberof grpc.Storage
         * @instance
         */
        Storage.prototype.fstype = "";

        /**
         * Storage options.
         * @member {Array.<string>} options
         * @memberof grpc.Storage
         * @instance
         */
        Storage.prototype.options = $util.emptyArray;

        /**
         * Storage mountPoint.
         * @member {string} mountPoint
         * @memberof grpc.Storage
         * @instance
         */
        Storage.prototype.mountPoint = "";

        /**
         * Storage shared.
         * @member {boolean} shared
         * @memberof grpc.Storage
         * @instance
         */
        Storage.prototype.shared = false;

        /**
         * Creates a new Storage instance using the specified properties.
         * @function create
         * @memberof grpc.Storage
         * @static
         * @param {grpc.Storage.$Properties=} [properties] Properties to set
         * @returns {grpc.Storage} Storage instance
         * @type {{
         *   (properties: grpc.Storage.$Shape): grpc.Storage & grpc.Storage.$Shape;
         *   (properties?: grpc.Storage.$Properties): grpc.Storage;
         * }}
         */
        Storage.create = function(properties) {
            return new Storage(properties);
        };

        /**
         * Encodes the specified Storage message. Does not implicitly {@link grpc.Storage.verify|verify} messages.
         * @function encode
         * @memberof grpc.Storage
         * @static
         * @param {grpc.Storage.$Properties} message Storage message or plain object to encode
         * @param {$protobuf.Writer} [writer] Writer to encode to
         * @returns {$protobuf.Writer} Writer
         */
        Storage.encode = function (message, writer, _depth) {
            if (!writer)
                writer = $Writer.create();
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            if (message.driver != null && $Object.hasOwnProperty.call(message, "driver") && message.driver !== "")
                writer.uint32(/* id 1, wireType 2 =*/10).string(message.driver);
            if (message.driverOptions != null && message.driverOptions.length)
                for (let i = 0; i < message.driverOptions.length; ++i)
                    writer.uint32(/* id 2, wireType 2 =*/18).string(message.driverOptions[i]);
            if (message.source != null && $Object.hasOwnProperty.call(message, "source") && message.source !== "")
                writer.uint32(/* id 3, wireType 2 =*/26).string(message.source);
            if (message.fstype != null && $Object.hasOwnProperty.call(message, "fstype") && message.fstype !== "")
                writer.uint32(/* id 4, wireType 2 =*/34).string(message.fstype);
            if (message.options != null && message.options.length)
                for (let i = 0; i < message.options.length; ++i)
                    writer.uint32(/* id 5, wireType 2 =*/42).string(message.options[i]);
            if (message.mountPoint != null && $Object.hasOwnProperty.call(message, "mountPoint") && message.mountPoint !== "")
                writer.uint32(/* id 6, wireType 2 =*/50).string(message.mountPoint);
            if (message.shared != null && $Object.hasOwnProperty.call(message, "shared") && message.shared !== false)
                writer.uint32(/* id 8, wireType 0 =*/64).bool(message.shared);
            if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                for (let i = 0; i < message.$unknowns.length; ++i)
                    writer.raw(message.$unknowns[i]);
            return writer;
        };

        /**
         * Decodes a Storage message from the specified reader or buffer.
         * @function decode
         * @memberof grpc.Storage
         * @static
         * @param {$protobuf.Reader|Uint8Array} reader Reader or buffer to decode from
         * @param {number} [length] Message length if known beforehand
         * @returns {grpc.Storage & grpc.Storage.$Shape} Storage
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        Storage.decode = function (reader, length, _end, _depth, _target) {
            if (!(reader instanceof $Reader))
                reader = $Reader.create(reader);
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $Reader.recursionLimit)
                throw $Error("max depth exceeded");
            let end, message, value;
            if (length === $undefined)
                end = reader.len;
            else {
                end = reader.pos + length;
                if (end > reader.len)
                    throw $RangeError("index out of range");
                length = reader.len;
                reader.len = end;
            }
            message = _target || new $root.grpc.Storage();
            while (reader.pos < end) {
                let start = reader.pos;
                let tag = reader.tag();
                if (tag === _end) {
                    _end = $undefined;
                    break;
                }
                let wireType = tag & 7;
                switch (tag >>>= 3) {
                case 1: {
                        if (wireType !== 2)
                            break;
                        if ((value = reader.stringVerify()).length)
                            message.driver = value;
                        else
                            delete message.driver;
                        continue;
                    }
                case 2: {
                        if (wireType !== 2)
                            break;
                        if (!(message.driverOptions && message.driverOptions.length))
                            message.driverOptions = [];
                        message.driverOptions.push(reader.stringVerify());
                        continue;
                    }
                case 3: {
                        if (wireType !== 2)
                            break;
                        if ((value = reader.stringVerify()).length)
                            message.source = value;
                        else
                            delete message.source;
                        continue;
                    }
                case 4: {
                        if (wireType !== 2)
                            break;
                        if ((value = reader.stringVerify()).length)
                            message.fstype = value;
                        else
                            delete message.fstype;
                        continue;
                    }
                case 5: {
                        if (wireType !== 2)
                            break;
                        if (!(message.options && message.options.length))
                            message.options = [];
                        message.options.push(reader.stringVerify());
                        continue;
                    }
                case 6: {
                        if (wireType !== 2)
                            break;
                        if ((value = reader.stringVerify()).length)
                            message.mountPoint = value;
                        else
                            delete message.mountPoint;
                        continue;
                    }
                case 8: {
                        if (wireType !== 0)
                            break;
                        if (value = reader.bool())
                            message.shared = value;
                        else
                            delete message.shared;
                        continue;
                    }
                }
                reader.skipType(wireType, _depth, tag);
                if (!reader.discardUnknown) {
                    $util.makeProp(message, "$unknowns", false);
                    (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                }
            }
            if (length !== $undefined) {
                if (reader.pos !== end)
                    throw $RangeError("index out of range");
                reader.len = length;
            }
            if (_end !== $undefined)
                throw $Error("missing end group");
            return message;
        };

        /**
         * Gets the type url for Storage
         * @function getTypeUrl
         * @memberof grpc.Storage
         * @static
         * @param {string} [prefix] Custom type url prefix, defaults to `"type.googleapis.com"`
         * @returns {string} The type url
         */
        Storage.getTypeUrl = function(prefix) {
            if (prefix === $undefined)
                prefix = "type.googleapis.com";
            return prefix + "/grpc.Storage";
        };

        return Storage;
    })();

    grpc.Mount = (function() {

        /**
         * Properties of a Mount.
         * @typedef {Object} grpc.Mount.$Properties
         * @property {string|null} [destination] Mount destination
         * @property {string|null} [source] Mount source
         * @property {string|null} [type] Mount type
         * @property {Array.<string>|null} [options] Mount options
         * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
         */

        /**
         * Properties of a Mount.
         * @memberof grpc
         * @interface IMount
         * @augments grpc.Mount.$Properties
         * @deprecated Use grpc.Mount.$Properties instead.
         */

        /**
         * Shape of a Mount.
         * @typedef {grpc.Mount.$Properties} grpc.Mount.$Shape
         */

        /**
         * Constructs a new Mount.
         * @memberof grpc
         * @classdesc Represents a Mount.
         * @constructor
         * @param {grpc.Mount.$Properties=} [properties] Properties to set
         * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
         */
        const Mount = function (properties) {
            this.options = [];
            if (properties)
                for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                    if (properties[keys[i]] != null && keys[i] !== "__proto__")
                        this[keys[i]] = properties[keys[i]];
        };

        /**
         * Mount destination.
         * @member {string} destination
         * @memberof grpc.Mount
         * @instance
         */
        Mount.prototype.destination = "";

        /**
         * Mount source.
         * @member {string} source
         * @memberof grpc.Mount
         * @instance
         */
        Mount.prototype.source = "";

        /**
         * Mount type.
         * @member {string} type
         * @memberof grpc.Mount
         * @instance
         */
        Mount.prototype.type = "";

        /**
         * Mount options.
         * @member {Array.<string>} options
         * @memberof grpc.Mount
         * @instance
         */
        Mount.prototype.options = $util.emptyArray;

        /**
         * Creates a new Mount instance using the specified properties.
         * @function create
         * @memberof grpc.Mount
         * @static
         * @param {grpc.Mount.$Properties=} [properties] Properties to set
         * @returns {grpc.Mount} Mount instance
         * @type {{
         *   (properties: grpc.Mount.$Shape): grpc.Mount & grpc.Mount.$Shape;
         *   (properties?: grpc.Mount.$Properties): grpc.Mount;
         * }}
         */
        Mount.create = function(properties) {
            return new Mount(properties);
        };

        /**
         * Encodes the specified Mount message. Does not implicitly {@link grpc.Mount.verify|verify} messages.
         * @function encode
         * @memberof grpc.Mount
         * @static
         * @param {grpc.Mount.$Properties} message Mount message or plain object to encode
         * @param {$protobuf.Writer} [writer] Writer to encode to
         * @returns {$protobuf.Writer} Writer
         */
        Mount.encode = function (message, writer, _depth) {
            if (!writer)
                writer = $Writer.create();
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            if (message.destination != null && $Object.hasOwnProperty.call(message, "destination") && message.destination !== "")
                writer.uint32(/* id 1, wireType 2 =*/10).string(message.destination);
            if (message.source != null && $Object.hasOwnProperty.call(message, "source") && message.source !== "")
                writer.uint32(/* id 2, wireType 2 =*/18).string(message.source);
            if (message.type != null && $Object.hasOwnProperty.call(message, "type") && message.type !== "")
                writer.uint32(/* id 3, wireType 2 =*/26).string(message.type);
            if (message.options != null && message.options.length)
                for (let i = 0; i < message.options.length; ++i)
                    writer.uint32(/* id 4, wireType 2 =*/34).string(message.options[i]);
            if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                for (let i = 0; i < message.$unknowns.length; ++i)
                    writer.raw(message.$unknowns[i]);
            return writer;
        };

        /**
         * Decodes a Mount message from the specified reader or buffer.
         * @function decode
         * @memberof grpc.Mount
         * @static
         * @param {$protobuf.Reader|Uint8Array} reader Reader or buffer to decode from
         * @param {number} [length] Message length if known beforehand
         * @returns {grpc.Mount & grpc.Mount.$Shape} Mount
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        Mount.decode = function (reader, length, _end, _depth, _target) {
            if (!(reader instanceof $Reader))
                reader = $Reader.create(reader);
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $Reader.recursionLimit)
                throw $Error("max depth exceeded");
            let end, message, value;
            if (length === $undefined)
                end = reader.len;
            else {
                end = reader.pos + length;
                if (end > reader.len)
                    throw $RangeError("index out of range");
                length = reader.len;
                reader.len = end;
            }
            message = _target || new $root.grpc.Mount();
            while (reader.pos < end) {
                let start = reader.pos;
                let tag = reader.tag();
                if (tag === _end) {
                    _end = $undefined;
                    break;
                }
                let wireType = tag & 7;
                switch (tag >>>= 3) {
                case 1: {
                        if (wireType !== 2)
                            break;
                        if ((value = reader.stringVerify()).length)
                            message.destination = value;
                        else
                            delete message.destination;
                        continue;
                    }
                case 2: {
                        if (wireType !== 2)
                            break;
                        if ((value = reader.stringVerify()).length)
                            message.source = value;
                        else
                            delete message.source;
                        continue;
                    }
                case 3: {
                        if (wireType !== 2)
                            break;
                        if ((value = reader.stringVerify()).length)
                            message.type = value;
                        else
                            delete message.type;
                        continue;
                    }
                case 4: {
                        if (wireType !== 2)
                            break;
                        if (!(message.options && message.options.length))
                            message.options = [];
                        message.options.push(reader.stringVerify());
                        continue;
                    }
                }
                reader.skipType(wireType, _depth, tag);
                if (!reader.discardUnknown) {
                    $util.makeProp(message, "$unknowns", false);
                    (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                }
            }
            if (length !== $undefined) {
                if (reader.pos !== end)
                    throw $RangeError("index out of range");
                reader.len = length;
            }
            if (_end !== $undefined)
                throw $Error("missing end group");
            return message;
        };

        /**
         * Gets the type url for Mount
         * @function getTypeUrl
         * @memberof grpc.Mount
         * @static
         * @param {string} [prefix] Custom type url prefix, defaults to `"type.googleapis.com"`
         * @returns {string} The type url
         */
        Mount.getTypeUrl = function(prefix) {
            if (prefix === $undefined)
                prefix = "type.googleapis.com";
            return prefix + "/grpc.Mount";
        };

        return Mount;
    })();

    grpc.Process = (function() {

        /**
         * Properties of a Process.
         * @typedef {Object} grpc.Process.$Properties
         * @property {boolean|null} [Terminal] Process Terminal
         * @property {Array.<string>|null} [Args] Process Args
         * @property {Array.<string>|null} [Env] Process Env
         * @property {string|null} [Cwd] Process Cwd
         * @property {boolean|null} [NoNewPrivileges] Process NoNewPrivileges
         * @property {Long|null} [OOMScoreAdj] Process OOMScoreAdj
         * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
         */

        /**
         * Properties of a Process.
         * @memberof grpc
         * @interface IProcess
         * @augments grpc.Process.$Properties
         * @deprecated Use grpc.Process.$Properties instead.
         */

        /**
         * Shape of a Process.
         * @typedef {grpc.Process.$Properties} grpc.Process.$Shape
         */

        /**
         * Constructs a new Process.
         * @memberof grpc
         * @classdesc Represents a Process.
         * @constructor
         * @param {grpc.Process.$Properties=} [properties] Properties to set
         * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
         */
        const Process = function (properties) {
            this.Args = [];
            this.Env = [];
            if (properties)
                for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                    if (properties[keys[i]] != null && keys[i] !== "__proto__")
                        this[keys[i]] = properties[keys[i]];
        };

        /**
         * Process Terminal.
         * @member {boolean} Terminal
         * @memberof grpc.Process
         * @instance
         */
        Process.prototype.Terminal = false;

        /**
         * Process Args.
         * @member {Array.<string>} Args
         * @memberof grpc.Process
         * @instance
         */
        Process.prototype.Args = $util.emptyArray;

        /**
         * Process Env.
         * @member {Array.<string>} Env
         * @memberof grpc.Process
         * @instance
         */
        Process.prototype.Env = $util.emptyArray;

        /**
         * Process Cwd.
         * @member {string} Cwd
         * @memberof grpc.Process
         * @instance
         */
        Process.prototype.Cwd = "";

        /**
         * Process NoNewPrivileges.
         * @member {boolean} NoNewPrivileges
         * @memberof grpc.Process
         * @instance
         */
        Process.prototype.NoNewPrivileges = false;

        /**
         * Process OOMScoreAdj.
         * @member {Long} OOMScoreAdj
         * @memberof grpc.Process
         * @instance
         */
        Process.prototype.OOMScoreAdj = $util.Long ? $util.Long.fromBits(0,0,false) : 0;

        /**
         * Creates a new Process instance using the specified properties.
         * @function create
         * @memberof grpc.Process
         * @static
         * @param {grpc.Process.$Properties=} [properties] Properties to set
         * @returns {grpc.Process} Process instance
         * @type {{
         *   (properties: grpc.Process.$Shape): grpc.Process & grpc.Process.$Shape;
         *   (properties?: grpc.Process.$Properties): grpc.Process;
         * }}
         */
        Process.create = function(properties) {
            return new Process(properties);
        };

        /**
         * Encodes the specified Process message. Does not implicitly {@link grpc.Process.verify|verify} messages.
         * @function encode
         * @memberof grpc.Process
         * @static
         * @param {grpc.Process.$Properties} message Process message or plain object to encode
         * @param {$protobuf.Writer} [writer] Writer to encode to
         * @returns {$protobuf.Writer} Writer
         */
        Process.encode = function (message, writer, _depth) {
            if (!writer)
                writer = $Writer.create();
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            if (message.Terminal != null && $Object.hasOwnProperty.call(message, "Terminal") && message.Terminal !== false)
                writer.uint32(/* id 1, wireType 0 =*/8).bool(message.Terminal);
            if (message.Args != null && message.Args.length)
                for (let i = 0; i < message.Args.length; ++i)
                    writer.uint32(/* id 4, wireType 2 =*/34).string(message.Args[i]);
            if (message.Env != null && message.Env.length)
                for (let i = 0; i < message.Env.length; ++i)
                    writer.uint32(/* id 5, wireType 2 =*/42).string(message.Env[i]);
            if (message.Cwd != null && $Object.hasOwnProperty.call(message, "Cwd") && message.Cwd !== "")
                writer.uint32(/* id 6, wireType 2 =*/50).string(message.Cwd);
            if (message.NoNewPrivileges != null && $Object.hasOwnProperty.call(message, "NoNewPrivileges") && message.NoNewPrivileges !== false)
                writer.uint32(/* id 9, wireType 0 =*/72).bool(message.NoNewPrivileges);
            if (message.OOMScoreAdj != null && $Object.hasOwnProperty.call(message, "OOMScoreAdj") && (typeof message.OOMScoreAdj === "object" ? message.OOMScoreAdj.low || message.OOMScoreAdj.high : message.OOMScoreAdj !== 0))
                writer.uint32(/* id 11, wireType 0 =*/88).int64(message.OOMScoreAdj);
            if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                for (let i = 0; i < message.$unknowns.length; ++i)
                    writer.raw(message.$unknowns[i]);
            return writer;
        };

        /**
         * Decodes a Process message from the specified reader or buffer.
         * @function decode
         * @memberof grpc.Process
         * @static
         * @param {$protobuf.Reader|Uint8Array} reader Reader or buffer to decode from
         * @param {number} [length] Message length if known beforehand
         * @returns {grpc.Process & grpc.Process.$Shape} Process
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        Process.decode = function (reader, length, _end, _depth, _target) {
            if (!(reader instanceof $Reader))
                reader = $Reader.create(reader);
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $Reader.recursionLimit)
                throw $Error("max depth exceeded");
            let end, message, value;
            if (length === $undefined)
                end = reader.len;
            else {
                end = reader.pos + length;
                if (end > reader.len)
                    throw $RangeError("index out of range");
                length = reader.len;
                reader.len = end;
            }
            message = _target || new $root.grpc.Process();
            while (reader.pos < end) {
                let start = reader.pos;
                let tag = reader.tag();
                if (tag === _end) {
                    _end = $undefined;
                    break;
                }
                let wireType = tag & 7;
                switch (tag >>>= 3) {
                case 1: {
                        if (wireType !== 0)
                            break;
                        if (value = reader.bool())
                            message.Terminal = value;
                        else
                            delete message.Terminal;
                        continue;
                    }
                case 4: {
                        if (wireType !== 2)
                            break;
                        if (!(message.Args && message.Args.length))
                            message.Args = [];
                        message.Args.push(reader.stringVerify());
                        continue;
                    }
                case 5: {
                        if (wireType !== 2)
                            break;
                        if (!(message.Env && message.Env.length))
                            message.Env = [];
                        message.Env.push(reader.stringVerify());
                        continue;
                    }
                case 6: {
                        if (wireType !== 2)
                            break;
                        if ((value = reader.stringVerify()).length)
                            message.Cwd = value;
                        else
                            delete message.Cwd;
                        continue;
                    }
                case 9: {
                        if (wireType !== 0)
                            break;
                        if (value = reader.bool())
                            message.NoNewPrivileges = value;
                        else
                            delete message.NoNewPrivileges;
                        continue;
                    }
                case 11: {
                        if (wireType !== 0)
                            break;
                        if (typeof (value = reader.int64()) === "object" ? value.low || value.high : value !== 0)
                            message.OOMScoreAdj = value;
                        else
                            delete message.OOMScoreAdj;
                        continue;
                    }
                }
                reader.skipType(wireType, _depth, tag);
                if (!reader.discardUnknown) {
                    $util.makeProp(message, "$unknowns", false);
                    (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                }
            }
            if (length !== $undefined) {
                if (reader.pos !== end)
                    throw $RangeError("index out of range");
                reader.len = length;
            }
            if (_end !== $undefined)
                throw $Error("missing end group");
            return message;
        };

        /**
         * Gets the type url for Process
         * @function getTypeUrl
         * @memberof grpc.Process
         * @static
         * @param {string} [prefix] Custom type url prefix, defaults to `"type.googleapis.com"`
         * @returns {string} The type url
         */
        Process.getTypeUrl = function(prefix) {
            if (prefix === $undefined)
                prefix = "type.googleapis.com";
            return prefix + "/grpc.Process";
        };

        return Process;
    })();

    grpc.Root = (function() {

        /**
         * Properties of a Root.
         * @typedef {Object} grpc.Root.$Properties
         * @property {string|null} [Path] Root Path
         * @property {boolean|null} [Readonly] Root Readonly
         * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
         */

        /**
         * Properties of a Root.
         * @memberof grpc
         * @interface IRoot
         * @augments grpc.Root.$Properties
         * @deprecated Use grpc.Root.$Properties instead.
         */

        /**
         * Shape of a Root.
         * @typedef {grpc.Root.$Properties} grpc.Root.$Shape
         */

        /**
         * Constructs a new Root.
         * @memberof grpc
         * @classdesc Represents a Root.
         * @constructor
         * @param {grpc.Root.$Properties=} [properties] Properties to set
         * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
         */
        const Root = function (properties) {
            if (properties)
                for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                    if (properties[keys[i]] != null && keys[i] !== "__proto__")
                        this[keys[i]] = properties[keys[i]];
        };

        /**
         * Root Path.
         * @member {string} Path
         * @memberof grpc.Root
         * @instance
         */
        Root.prototype.Path = "";

        /**
         * Root Readonly.
         * @member {boolean} Readonly
         * @memberof grpc.Root
         * @instance
         */
        Root.prototype.Readonly = false;

        /**
         * Creates a new Root instance using the specified properties.
         * @function create
         * @memberof grpc.Root
         * @static
         * @param {grpc.Root.$Properties=} [properties] Properties to set
         * @returns {grpc.Root} Root instance
         * @type {{
         *   (properties: grpc.Root.$Shape): grpc.Root & grpc.Root.$Shape;
         *   (properties?: grpc.Root.$Properties): grpc.Root;
         * }}
         */
        Root.create = function(properties) {
            return new Root(properties);
        };

        /**
         * Encodes the specified Root message. Does not implicitly {@link grpc.Root.verify|verify} messages.
         * @function encode
         * @memberof grpc.Root
         * @static
         * @param {grpc.Root.$Properties} message Root message or plain object to encode
         * @param {$protobuf.Writer} [writer] Writer to encode to
         * @returns {$protobuf.Writer} Writer
         */
        Root.encode = function (message, writer, _depth) {
            if (!writer)
                writer = $Writer.create();
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            if (message.Path != null && $Object.hasOwnProperty.call(message, "Path") && message.Path !== "")
                writer.uint32(/* id 1, wireType 2 =*/10).string(message.Path);
            if (message.Readonly != null && $Object.hasOwnProperty.call(message, "Readonly") && message.Readonly !== false)
                writer.uint32(/* id 2, wireType 0 =*/16).bool(message.Readonly);
            if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                for (let i = 0; i < message.$unknowns.length; ++i)
                    writer.raw(message.$unknowns[i]);
            return writer;
        };

        /**
         * Decodes a Root message from the specified reader or buffer.
         * @function decode
         * @memberof grpc.Root
         * @static
         * @param {$protobuf.Reader|Uint8Array} reader Reader or buffer to decode from
         * @param {number} [length] Message length if known beforehand
         * @returns {grpc.Root & grpc.Root.$Shape} Root
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        Root.decode = function (reader, length, _end, _depth, _target) {
            if (!(reader instanceof $Reader))
                reader = $Reader.create(reader);
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $Reader.recursionLimit)
                throw $Error("max depth exceeded");
            let end, message, value;
            if (length === $undefined)
                end = reader.len;
            else {
                end = reader.pos + length;
                if (end > reader.len)
                    throw $RangeError("index out of range");
                length = reader.len;
                reader.len = end;
            }
            message = _target || new $root.grpc.Root();
            while (reader.pos < end) {
                let start = reader.pos;
                let tag = reader.tag();
                if (tag === _end) {
                    _end = $undefined;
                    break;
                }
                let wireType = tag & 7;
                switch (tag >>>= 3) {
                case 1: {
                        if (wireType !== 2)
                            break;
                        if ((value = reader.stringVerify()).length)
                            message.Path = value;
                        else
                            delete message.Path;
                        continue;
                    }
                case 2: {
                        if (wireType !== 0)
                            break;
                        if (value = reader.bool())
                            message.Readonly = value;
                        else
                            delete message.Readonly;
                        continue;
                    }
                }
                reader.skipType(wireType, _depth, tag);
                if (!reader.discardUnknown) {
                    $util.makeProp(message, "$unknowns", false);
                    (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                }
            }
            if (length !== $undefined) {
                if (reader.pos !== end)
                    throw $RangeError("index out of range");
                reader.len = length;
            }
            if (_end !== $undefined)
                throw $Error("missing end group");
            return message;
        };

        /**
         * Gets the type url for Root
         * @function getTypeUrl
         * @memberof grpc.Root
         * @static
         * @param {string} [prefix] Custom type url prefix, defaults to `"type.googleapis.com"`
         * @returns {string} The type url
         */
        Root.getTypeUrl = function(prefix) {
            if (prefix === $undefined)
                prefix = "type.googleapis.com";
            return prefix + "/grpc.Root";
        };

        return Root;
    })();

    grpc.LinuxNamespace = (function() {

        /**
         * Properties of a LinuxNamespace.
         * @typedef {Object} grpc.LinuxNamespace.$Properties
         * @property {string|null} [Type] LinuxNamespace Type
         * @property {string|null} [Path] LinuxNamespace Path
         * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
         */

        /**
         * Properties of a LinuxNamespace.
         * @memberof grpc
         * @interface ILinuxNamespace
         * @augments grpc.LinuxNamespace.$Properties
         * @deprecated Use grpc.LinuxNamespace.$Properties instead.
         */

        /**
         * Shape of a LinuxNamespace.
         * @typedef {grpc.LinuxNamespace.$Properties} grpc.LinuxNamespace.$Shape
         */

        /**
         * Constructs a new LinuxNamespace.
         * @memberof grpc
         * @classdesc Represents a LinuxNamespace.
         * @constructor
         * @param {grpc.LinuxNamespace.$Properties=} [properties] Properties to set
         * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
         */
        const LinuxNamespace = function (properties) {
            if (properties)
                for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                    if (properties[keys[i]] != null && keys[i] !== "__proto__")
                        this[keys[i]] = properties[keys[i]];
        };

        /**
         * LinuxNamespace Type.
         * @member {string} Type
         * @memberof grpc.LinuxNamespace
         * @instance
         */
        LinuxNamespace.prototype.Type = "";

        /**
         * LinuxNamespace Path.
         * @member {string} Path
         * @memberof grpc.LinuxNamespace
         * @instance
         */
        LinuxNamespace.prototype.Path = "";

        /**
         * Creates a new LinuxNamespace instance using the specified properties.
         * @function create
         * @memberof grpc.LinuxNamespace
         * @static
         * @param {grpc.LinuxNamespace.$Properties=} [properties] Properties to set
         * @returns {grpc.LinuxNamespace} LinuxNamespace instance
         * @type {{
         *   (properties: grpc.LinuxNamespace.$Shape): grpc.LinuxNamespace & grpc.LinuxNamespace.$Shape;
         *   (properties?: grpc.LinuxNamespace.$Properties): grpc.LinuxNamespace;
         * }}
         */
        LinuxNamespace.create = function(properties) {
            return new LinuxNamespace(properties);
        };

        /**
         * Encodes the specified LinuxNamespace message. Does not implicitly {@link grpc.LinuxNamespace.verify|verify} messages.
         * @function encode
         * @memberof grpc.LinuxNamespace
         * @static
         * @param {grpc.LinuxNamespace.$Properties} message LinuxNamespace message or plain object to encode
         * @param {$protobuf.Writer} [writer] Writer to encode to
         * @returns {$protobuf.Writer} Writer
         */
        LinuxNamespace.encode = function (message, writer, _depth) {
            if (!writer)
                writer = $Writer.create();
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            if (message.Type != null && $Object.hasOwnProperty.call(message, "Type") && message.Type !== "")
                writer.uint32(/* id 1, wireType 2 =*/10).string(message.Type);
            if (message.Path != null && $Object.hasOwnProperty.call(message, "Path") && message.Path !== "")
                writer.uint32(/* id 2, wireType 2 =*/18).string(message.Path);
            if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                for (let i = 0; i < message.$unknowns.length; ++i)
                    writer.raw(message.$unknowns[i]);
            return writer;
        };

        /**
         * Decodes a LinuxNamespace message from the specified reader or buffer.
         * @function decode
         * @memberof grpc.LinuxNamespace
         * @static
         * @param {$protobuf.Reader|Uint8Array} reader Reader or buffer to decode from
         * @param {number} [length] Message length if known beforehand
         * @returns {grpc.LinuxNamespace & grpc.LinuxNamespace.$Shape} LinuxNamespace
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        LinuxNamespace.decode = function (reader, length, _end, _depth, _target) {
            if (!(reader instanceof $Reader))
                reader = $Reader.create(reader);
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $Reader.recursionLimit)
                throw $Error("max depth exceeded");
            let end, message, value;
            if (length === $undefined)
                end = reader.len;
            else {
                end = reader.pos + length;
                if (end > reader.len)
                    throw $RangeError("index out of range");
                length = reader.len;
                reader.len = end;
            }
            message = _target || new $root.grpc.LinuxNamespace();
            while (reader.pos < end) {
                let start = reader.pos;
                let tag = reader.tag();
                if (tag === _end) {
                    _end = $undefined;
                    break;
                }
                let wireType = tag & 7;
                switch (tag >>>= 3) {
                case 1: {
                        if (wireType !== 2)
                            break;
                        if ((value = reader.stringVerify()).length)
                            message.Type = value;
                        else
                            delete message.Type;
                        continue;
                    }
                case 2: {
                        if (wireType !== 2)
                            break;
                        if ((value = reader.stringVerify()).length)
                            message.Path = value;
                        else
                            delete message.Path;
                        continue;
                    }
                }
                reader.skipType(wireType, _depth, tag);
                if (!reader.discardUnknown) {
                    $util.makeProp(message, "$unknowns", false);
                    (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                }
            }
            if (length !== $undefined) {
                if (reader.pos !== end)
                    throw $RangeError("index out of range");
                reader.len = length;
            }
            if (_end !== $undefined)
                throw $Error("missing end group");
            return message;
        };

        /**
         * Gets the type url for LinuxNamespace
         * @function getTypeUrl
         * @memberof grpc.LinuxNamespace
         * @static
         * @param {string} [prefix] Custom type url prefix, defaults to `"type.googleapis.com"`
         * @returns {string} The type url
         */
        LinuxNamespace.getTypeUrl = function(prefix) {
            if (prefix === $undefined)
                prefix = "type.googleapis.com";
            return prefix + "/grpc.LinuxNamespace";
        };

        return LinuxNamespace;
    })();

    grpc.LinuxMemory = (function() {

        /**
         * Properties of a LinuxMemory.
         * @typedef {Object} grpc.LinuxMemory.$Properties
         * @property {Long|null} [Limit] LinuxMemory Limit
         * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
         */

        /**
         * Properties of a LinuxMemory.
         * @memberof grpc
         * @interface ILinuxMemory
         * @augments grpc.LinuxMemory.$Properties
         * @deprecated Use grpc.LinuxMemory.$Properties instead.
         */

        /**
         * Shape of a LinuxMemory.
         * @typedef {grpc.LinuxMemory.$Properties} grpc.LinuxMemory.$Shape
         */

        /**
         * Constructs a new LinuxMemory.
         * @memberof grpc
         * @classdesc Represents a LinuxMemory.
         * @constructor
         * @param {grpc.LinuxMemory.$Properties=} [properties] Properties to set
         * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
         */
        const LinuxMemory = function (properties) {
            if (properties)
                for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                    if (properties[keys[i]] != null && keys[i] !== "__proto__")
                        this[keys[i]] = properties[keys[i]];
        };

        /**
         * LinuxMemory Limit.
         * @member {Long} Limit
         * @memberof grpc.LinuxMemory
         * @instance
         */
        LinuxMemory.prototype.Limit = $util.Long ? $util.Long.fromBits(0,0,false) : 0;

        /**
         * Creates a new LinuxMemory instance using the specified properties.
         * @function create
         * @memberof grpc.LinuxMemory
         * @static
         * @param {grpc.LinuxMemory.$Properties=} [properties] Properties to set
         * @returns {grpc.LinuxMemory} LinuxMemory instance
         * @type {{
         *   (properties: grpc.LinuxMemory.$Shape): grpc.LinuxMemory & grpc.LinuxMemory.$Shape;
         *   (properties?: grpc.LinuxMemory.$Properties): grpc.LinuxMemory;
         * }}
         */
        LinuxMemory.create = function(properties) {
            return new LinuxMemory(properties);
        };

        /**
         * Encodes the specified LinuxMemory message. Does not implicitly {@link grpc.LinuxMemory.verify|verify} messages.
         * @function encode
         * @memberof grpc.LinuxMemory
         * @static
         * @param {grpc.LinuxMemory.$Properties} message LinuxMemory message or plain object to encode
         * @param {$protobuf.Writer} [writer] Writer to encode to
         * @returns {$protobuf.Writer} Writer
         */
        LinuxMemory.encode = function (message, writer, _depth) {
            if (!writer)
                writer = $Writer.create();
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            if (message.Limit != null && $Object.hasOwnProperty.call(message, "Limit") && (typeof message.Limit === "object" ? message.Limit.low || message.Limit.high : message.Limit !== 0))
                writer.uint32(/* id 1, wireType 0 =*/8).int64(message.Limit);
            if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                for (let i = 0; i < message.$unknowns.length; ++i)
                    writer.raw(message.$unknowns[i]);
            return writer;
        };

        /**
         * Decodes a LinuxMemory message from the specified reader or buffer.
         * @function decode
         * @memberof grpc.LinuxMemory
         * @static
         * @param {$protobuf.Reader|Uint8Array} reader Reader or buffer to decode from
         * @param {number} [length] Message length if known beforehand
         * @returns {grpc.LinuxMemory & grpc.LinuxMemory.$Shape} LinuxMemory
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        LinuxMemory.decode = function (reader, length, _end, _depth, _target) {
            if (!(reader instanceof $Reader))
                reader = $Reader.create(reader);
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $Reader.recursionLimit)
                throw $Error("max depth exceeded");
            let end, message, value;
            if (length === $undefined)
                end = reader.len;
            else {
                end = reader.pos + length;
                if (end > reader.len)
                    throw $RangeError("index out of range");
                length = reader.len;
                reader.len = end;
            }
            message = _target || new $root.grpc.LinuxMemory();
            while (reader.pos < end) {
                let start = reader.pos;
                let tag = reader.tag();
                if (tag === _end) {
                    _end = $undefined;
                    break;
                }
                let wireType = tag & 7;
                switch (tag >>>= 3) {
                case 1: {
                        if (wireType !== 0)
                            break;
                        if (typeof (value = reader.int64()) === "object" ? value.low || value.high : value !== 0)
                            message.Limit = value;
                        else
                            delete message.Limit;
                        continue;
                    }
                }
                reader.skipType(wireType, _depth, tag);
                if (!reader.discardUnknown) {
                    $util.makeProp(message, "$unknowns", false);
                    (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                }
            }
            if (length !== $undefined) {
                if (reader.pos !== end)
                    throw $RangeError("index out of range");
                reader.len = length;
            }
            if (_end !== $undefined)
                throw $Error("missing end group");
            return message;
        };

        /**
         * Gets the type url for LinuxMemory
         * @function getTypeUrl
         * @memberof grpc.LinuxMemory
         * @static
         * @param {string} [prefix] Custom type url prefix, defaults to `"type.googleapis.com"`
         * @returns {string} The type url
         */
        LinuxMemory.getTypeUrl = function(prefix) {
            if (prefix === $undefined)
                prefix = "type.googleapis.com";
            return prefix + "/grpc.LinuxMemory";
        };

        return LinuxMemory;
    })();

    grpc.LinuxResources = (function() {

        /**
         * Properties of a LinuxResources.
         * @typedef {Object} grpc.LinuxResources.$Properties
         * @property {grpc.LinuxMemory.$Properties|null} [Memory] LinuxResources Memory
         * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
         */

        /**
         * Properties of a LinuxResources.
         * @memberof grpc
         * @interface ILinuxResources
         * @augments grpc.LinuxResources.$Properties
         * @deprecated Use grpc.LinuxResources.$Properties instead.
         */

        /**
         * Shape of a LinuxResources.
         * @typedef {grpc.LinuxResources.$Properties} grpc.LinuxResources.$Shape
         */

        /**
         * Constructs a new LinuxResources.
         * @memberof grpc
         * @classdesc Represents a LinuxResources.
         * @constructor
         * @param {grpc.LinuxResources.$Properties=} [properties] Properties to set
         * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
         */
        const LinuxResources = function (properties) {
            if (properties)
                for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                    if (properties[keys[i]] != null && keys[i] !== "__proto__")
                        this[keys[i]] = properties[keys[i]];
        };

        /**
         * LinuxResources Memory.
         * @member {grpc.LinuxMemory.$Properties|null|undefined} Memory
         * @memberof grpc.LinuxResources
         * @instance
         */
        LinuxResources.prototype.Memory = null;

        /**
         * Creates a new LinuxResources instance using the specified properties.
         * @function create
         * @memberof grpc.LinuxResources
         * @static
         * @param {grpc.LinuxResources.$Properties=} [properties] Properties to set
         * @returns {grpc.LinuxResources} LinuxResources instance
         * @type {{
         *   (properties: grpc.LinuxResources.$Shape): grpc.LinuxResources & grpc.LinuxResources.$Shape;
         *   (properties?: grpc.LinuxResources.$Properties): grpc.LinuxResources;
         * }}
         */
        LinuxResources.create = function(properties) {
            return new LinuxResources(properties);
        };

        /**
         * Encodes the specified LinuxResources message. Does not implicitly {@link grpc.LinuxResources.verify|verify} messages.
         * @function encode
         * @memberof grpc.LinuxResources
         * @static
         * @param {grpc.LinuxResources.$Properties} message LinuxResources message or plain object to encode
         * @param {$protobuf.Writer} [writer] Writer to encode to
         * @returns {$protobuf.Writer} Writer
         */
        LinuxResources.encode = function (message, writer, _depth) {
            if (!writer)
                writer = $Writer.create();
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            if (message.Memory != null && $Object.hasOwnProperty.call(message, "Memory"))
                $root.grpc.LinuxMemory.encode(message.Memory, writer.uint32(/* id 2, wireType 2 =*/18).fork(), _depth + 1).ldelim();
            if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                for (let i = 0; i < message.$unknowns.length; ++i)
                    writer.raw(message.$unknowns[i]);
            return writer;
        };

        /**
         * Decodes a LinuxResources message from the specified reader or buffer.
         * @function decode
         * @memberof grpc.LinuxResources
         * @static
         * @param {$protobuf.Reader|Uint8Array} reader Reader or buffer to decode from
         * @param {number} [length] Message length if known beforehand
         * @returns {grpc.LinuxResources & grpc.LinuxResources.$Shape} LinuxResources
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        LinuxResources.decode = function (reader, length, _end, _depth, _target) {
            if (!(reader instanceof $Reader))
                reader = $Reader.create(reader);
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $Reader.recursionLimit)
                throw $Error("max depth exceeded");
            let end, message, value;
            if (length === $undefined)
                end = reader.len;
            else {
                end = reader.pos + length;
                if (end > reader.len)
                    throw $RangeError("index out of range");
                length = reader.len;
                reader.len = end;
            }
            message = _target || new $root.grpc.LinuxResources();
            while (reader.pos < end) {
                let start = reader.pos;
                let tag = reader.tag();
                if (tag === _end) {
                    _end = $undefined;
                    break;
                }
                let wireType = tag & 7;
                switch (tag >>>= 3) {
                case 2: {
                        if (wireType !== 2)
                            break;
                        message.Memory = $root.grpc.LinuxMemory.decode(reader, reader.size(), $undefined, _depth + 1, message.Memory);
                        continue;
                    }
                }
                reader.skipType(wireType, _depth, tag);
                if (!reader.discardUnknown) {
                    $util.makeProp(message, "$unknowns", false);
                    (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                }
            }
            if (length !== $undefined) {
                if (reader.pos !== end)
                    throw $RangeError("index out of range");
                reader.len = length;
            }
            if (_end !== $undefined)
                throw $Error("missing end group");
            return message;
        };

        /**
         * Gets the type url for LinuxResources
         * @function getTypeUrl
         * @memberof grpc.LinuxResources
         * @static
         * @param {string} [prefix] Custom type url prefix, defaults to `"type.googleapis.com"`
         * @returns {string} The type url
         */
        LinuxResources.getTypeUrl = function(prefix) {
            if (prefix === $undefined)
                prefix = "type.googleapis.com";
            return prefix + "/grpc.LinuxResources";
        };

        return LinuxResources;
    })();

    grpc.Linux = (function() {

        /**
         * Properties of a Linux.
         * @typedef {Object} grpc.Linux.$Properties
         * @property {Object.<string,string>|null} [Sysctl] Linux Sysctl
         * @property {grpc.LinuxResources.$Properties|null} [Resources] Linux Resources
         * @property {string|null} [CgroupsPath] Linux CgroupsPath
         * @property {Array.<grpc.LinuxNamespace.$Properties>|null} [Namespaces] Linux Namespaces
         * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
         */

        /**
         * Properties of a Linux.
         * @memberof grpc
         * @interface ILinux
         * @augments grpc.Linux.$Properties
         * @deprecated Use grpc.Linux.$Properties instead.
         */

        /**
         * Shape of a Linux.
         * @typedef {grpc.Linux.$Properties} grpc.Linux.$Shape
         */

        /**
         * Constructs a new Linux.
         * @memberof grpc
         * @classdesc Represents a Linux.
         * @constructor
         * @param {grpc.Linux.$Properties=} [properties] Properties to set
         * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
         */
        const Linux = function (properties) {
            this.Sysctl = {};
            this.Namespaces = [];
            if (properties)
                for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                    if (properties[keys[i]] != null && keys[i] !== "__proto__")
                        this[keys[i]] = properties[keys[i]];
        };

        /**
         * Linux Sysctl.
         * @member {Object.<string,string>} Sysctl
         * @memberof grpc.Linux
         * @instance
         */
        Linux.prototype.Sysctl = $util.emptyObject;

        /**
         * Linux Resources.
         * @member {grpc.LinuxResources.$Properties|null|undefined} Resources
         * @memberof grpc.Linux
         * @instance
         */
        Linux.prototype.Resources = null;

        /**
         * Linux CgroupsPath.
         * @member {string} CgroupsPath
         * @memberof grpc.Linux
         * @instance
         */
        Linux.prototype.CgroupsPath = "";

        /**
         * Linux Namespaces.
         * @member {Array.<grpc.LinuxNamespace.$Properties>} Namespaces
         * @memberof grpc.Linux
         * @instance
         */
        Linux.prototype.Namespaces = $util.emptyArray;

        /**
         * Creates a new Linux instance using the specified properties.
         * @function create
         * @memberof grpc.Linux
         * @static
         * @param {grpc.Linux.$Properties=} [properties] Properties to set
         * @returns {grpc.Linux} Linux instance
         * @type {{
         *   (properties: grpc.Linux.$Shape): grpc.Linux & grpc.Linux.$Shape;
         *   (properties?: grpc.Linux.$Properties): grpc.Linux;
         * }}
         */
        Linux.create = function(properties) {
            return new Linux(properties);
        };

        /**
         * Encodes the specified Linux message. Does not implicitly {@link grpc.Linux.verify|verify} messages.
         * @function encode
         * @memberof grpc.Linux
         * @static
         * @param {grpc.Linux.$Properties} message Linux message or plain object to encode
         * @param {$protobuf.Writer} [writer] Writer to encode to
         * @returns {$protobuf.Writer} Writer
         */
        Linux.encode = function (message, writer, _depth) {
            if (!writer)
                writer = $Writer.create();
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            if (message.Sysctl != null && $Object.hasOwnProperty.call(message, "Sysctl"))
                for (let keys = $Object.keys(message.Sysctl), i = 0; i < keys.length; ++i)
                    writer.uint32(/* id 3, wireType 2 =*/26).fork().uint32(/* id 1, wireType 2 =*/10).string(keys[i]).uint32(/* id 2, wireType 2 =*/18).string(message.Sysctl[keys[i]]).ldelim();
            if (message.Resources != null && $Object.hasOwnProperty.call(message, "Resources"))
                $root.grpc.LinuxResources.encode(message.Resources, writer.uint32(/* id 4, wireType 2 =*/34).fork(), _depth + 1).ldelim();
            if (message.CgroupsPath != null && $Object.hasOwnProperty.call(message, "CgroupsPath") && message.CgroupsPath !== "")
                writer.uint32(/* id 5, wireType 2 =*/42).string(message.CgroupsPath);
            if (message.Namespaces != null && message.Namespaces.length)
                for (let i = 0; i < message.Namespaces.length; ++i)
                    $root.grpc.LinuxNamespace.encode(message.Namespaces[i], writer.uint32(/* id 6, wireType 2 =*/50).fork(), _depth + 1).ldelim();
            if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                for (let i = 0; i < message.$unknowns.length; ++i)
                    writer.raw(message.$unknowns[i]);
            return writer;
        };

        /**
         * Decodes a Linux message from the specified reader or buffer.
         * @function decode
         * @memberof grpc.Linux
         * @static
         * @param {$protobuf.Reader|Uint8Array} reader Reader or buffer to decode from
         * @param {number} [length] Message length if known beforehand
         * @returns {grpc.Linux & grpc.Linux.$Shape} Linux
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        Linux.decode = function (reader, length, _end, _depth, _target) {
            if (!(reader instanceof $Reader))
                reader = $Reader.create(reader);
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $Reader.recursionLimit)
                throw $Error("max depth exceeded");
            let end, message, key, value;
            if (length === $undefined)
                end = reader.len;
            else {
                end = reader.pos + length;
                if (end > reader.len)
                    throw $RangeError("index out of range");
                length = reader.len;
                reader.len = end;
            }
            message = _target || new $root.grpc.Linux();
            while (reader.pos < end) {
                let start = reader.pos;
                let tag = reader.tag();
                if (tag === _end) {
                    _end = $undefined;
                    break;
                }
                let wireType = tag & 7;
                switch (tag >>>= 3) {
                case 3: {
                        if (wireType !== 2)
                            break;
                        if (message.Sysctl === $util.emptyObject)
                            message.Sysctl = {};
                        let end2 = reader.size() + reader.pos;
                        if (end2 > reader.len)
                            throw $RangeError("index out of range");
                        reader.len = end2;
                        key = "";
                        value = "";
                        while (reader.pos < end2) {
                            let tag2 = reader.tag();
                            wireType = tag2 & 7;
                            switch (tag2 >>>= 3) {
                            case 1:
                                if (wireType !== 2)
                                    break;
                                key = reader.stringVerify();
                                continue;
                            case 2:
                                if (wireType !== 2)
                                    break;
                                value = reader.stringVerify();
                                continue;
                            }
                            reader.skipType(wireType, _depth, tag2);
                        }
                        if (reader.pos !== end2)
                            throw $RangeError("index out of range");
                        reader.len = end;
                        if (key === "__proto__")
                            $util.makeProp(message.Sysctl, key);
                        message.Sysctl[key] = value;
                        continue;
                    }
                case 4: {
                        if (wireType !== 2)
                            break;
                        message.Resources = $root.grpc.LinuxResources.decode(reader, reader.size(), $undefined, _depth + 1, message.Resources);
                        continue;
                    }
                case 5: {
                        if (wireType !== 2)
                            break;
                        if ((value = reader.stringVerify()).length)
                            message.CgroupsPath = value;
                        else
                            delete message.CgroupsPath;
                        continue;
                    }
                case 6: {
                        if (wireType !== 2)
                            break;
                        if (!(message.Namespaces && message.Namespaces.length))
                            message.Namespaces = [];
                        message.Namespaces.push($root.grpc.LinuxNamespace.decode(reader, reader.size(), $undefined, _depth + 1));
                        continue;
                    }
                }
                reader.skipType(wireType, _depth, tag);
                if (!reader.discardUnknown) {
                    $util.makeProp(message, "$unknowns", false);
                    (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                }
            }
            if (length !== $undefined) {
                if (reader.pos !== end)
                    throw $RangeError("index out of range");
                reader.len = length;
            }
            if (_end !== $undefined)
                throw $Error("missing end group");
            return message;
        };

        /**
         * Gets the type url for Linux
         * @function getTypeUrl
         * @memberof grpc.Linux
         * @static
         * @param {string} [prefix] Custom type url prefix, defaults to `"type.googleapis.com"`
         * @returns {string} The type url
         */
        Linux.getTypeUrl = function(prefix) {
            if (prefix === $undefined)
                prefix = "type.googleapis.com";
            return prefix + "/grpc.Linux";
        };

        return Linux;
    })();

    grpc.Spec = (function() {

        /**
         * Properties of a Spec.
         * @typedef {Object} grpc.Spec.$Properties
         * @property {string|null} [Version] Spec Version
         * @property {grpc.Process.$Properties|null} [Process] Spec Process
         * @property {grpc.Root.$Properties|null} [Root] Spec Root
         * @property {string|null} [Hostname] Spec Hostname
         * @property {Array.<grpc.Mount.$Properties>|null} [Mounts] Spec Mounts
         * @property {Object.<string,string>|null} [Annotations] Spec Annotations
         * @property {grpc.Linux.$Properties|null} [Linux] Spec Linux
         * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
         */

        /**
         * Properties of a Spec.
         * @memberof grpc
         * @interface ISpec
         * @augments grpc.Spec.$Properties
         * @deprecated Use grpc.Spec.$Properties instead.
         */

        /**
         * Shape of a Spec.
         * @typedef {grpc.Spec.$Properties} grpc.Spec.$Shape
         */

        /**
         * Constructs a new Spec.
         * @memberof grpc
         * @classdesc Represents a Spec.
         * @constructor
         * @param {grpc.Spec.$Properties=} [properties] Properties to set
         * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
         */
        const Spec = function (properties) {
            this.Mounts = [];
            this.Annotations = {};
            if (properties)
                for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                    if (properties[keys[i]] != null && keys[i] !== "__proto__")
                        this[keys[i]] = properties[keys[i]];
        };

        /**
         * Spec Version.
         * @member {string} Version
         * @memberof grpc.Spec
         * @instance
         */
        Spec.prototype.Version = "";

        /**
         * Spec Process.
         * @member {grpc.Process.$Properties|null|undefined} Process
         * @memberof grpc.Spec
         * @instance
         */
        Spec.prototype.Process = null;

        /**
         * Spec Root.
         * @member {grpc.Root.$Properties|null|undefined} Root
         * @memberof grpc.Spec
         * @instance
         */
        Spec.prototype.Root = null;

        /**
         * Spec Hostname.
         * @member {string} Hostname
         * @memberof grpc.Spec
         * @instance
         */
        Spec.prototype.Hostname = "";

        /**
         * Spec Mounts.
         * @member {Array.<grpc.Mount.$Properties>} Mounts
         * @memberof grpc.Spec
         * @instance
         */
        Spec.prototype.Mounts = $util.emptyArray;

        /**
         * Spec Annotations.
         * @member {Object.<string,string>} Annotations
         * @memberof grpc.Spec
         * @instance
         */
        Spec.prototype.Annotations = $util.emptyObject;

        /**
         * Spec Linux.
         * @member {grpc.Linux.$Properties|null|undefined} Linux
         * @memberof grpc.Spec
         * @instance
         */
        Spec.prototype.Linux = null;

        /**
         * Creates a new Spec instance using the specified properties.
         * @function create
         * @memberof grpc.Spec
         * @static
         * @param {grpc.Spec.$Properties=} [properties] Properties to set
         * @returns {grpc.Spec} Spec instance
         * @type {{
         *   (properties: grpc.Spec.$Shape): grpc.Spec & grpc.Spec.$Shape;
         *   (properties?: grpc.Spec.$Properties): grpc.Spec;
         * }}
         */
        Spec.create = function(properties) {
            return new Spec(properties);
        };

        /**
         * Encodes the specified Spec message. Does not implicitly {@link grpc.Spec.verify|verify} messages.
         * @function encode
         * @memberof grpc.Spec
         * @static
         * @param {grpc.Spec.$Properties} message Spec message or plain object to encode
         * @param {$protobuf.Writer} [writer] Writer to encode to
         * @returns {$protobuf.Writer} Writer
         */
        Spec.encode = function (message, writer, _depth) {
            if (!writer)
                writer = $Writer.create();
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            if (message.Version != null && $Object.hasOwnProperty.call(message, "Version") && message.Version !== "")
                writer.uint32(/* id 1, wireType 2 =*/10).string(message.Version);
            if (message.Process != null && $Object.hasOwnProperty.call(message, "Process"))
                $root.grpc.Process.encode(message.Process, writer.uint32(/* id 2, wireType 2 =*/18).fork(), _depth + 1).ldelim();
            if (message.Root != null && $Object.hasOwnProperty.call(message, "Root"))
                $root.grpc.Root.encode(message.Root, writer.uint32(/* id 3, wireType 2 =*/26).fork(), _depth + 1).ldelim();
            if (message.Hostname != null && $Object.hasOwnProperty.call(message, "Hostname") && message.Hostname !== "")
                writer.uint32(/* id 4, wireType 2 =*/34).string(message.Hostname);
            if (message.Mounts != null && message.Mounts.length)
                for (let i = 0; i < message.Mounts.length; ++i)
                    $root.grpc.Mount.encode(message.Mounts[i], writer.uint32(/* id 5, wireType 2 =*/42).fork(), _depth + 1).ldelim();
            if (message.Annotations != null && $Object.hasOwnProperty.call(message, "Annotations"))
                for (let keys = $Object.keys(message.Annotations), i = 0; i < keys.length; ++i)
                    writer.uint32(/* id 7, wireType 2 =*/58).fork().uint32(/* id 1, wireType 2 =*/10).string(keys[i]).uint32(/* id 2, wireType 2 =*/18).string(message.Annotations[keys[i]]).ldelim();
            if (message.Linux != null && $Object.hasOwnProperty.call(message, "Linux"))
                $root.grpc.Linux.encode(message.Linux, writer.uint32(/* id 8, wireType 2 =*/66).fork(), _depth + 1).ldelim();
            if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                for (let i = 0; i < message.$unknowns.length; ++i)
                    writer.raw(message.$unknowns[i]);
            return writer;
        };

        /**
         * Decodes a Spec message from the specified reader or buffer.
         * @function decode
         * @memberof grpc.Spec
         * @static
         * @param {$protobuf.Reader|Uint8Array} reader Reader or buffer to decode from
         * @param {number} [length] Message length if known beforehand
         * @returns {grpc.Spec & grpc.Spec.$Shape} Spec
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        Spec.decode = function (reader, length, _end, _depth, _target) {
            if (!(reader instanceof $Reader))
                reader = $Reader.create(reader);
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $Reader.recursionLimit)
                throw $Error("max depth exceeded");
            let end, message, key, value;
            if (length === $undefined)
                end = reader.len;
            else {
                end = reader.pos + length;
                if (end > reader.len)
                    throw $RangeError("index out of range");
                length = reader.len;
                reader.len = end;
            }
            message = _target || new $root.grpc.Spec();
            while (reader.pos < end) {
                let start = reader.pos;
                let tag = reader.tag();
                if (tag === _end) {
                    _end = $undefined;
                    break;
                }
                let wireType = tag & 7;
                switch (tag >>>= 3) {
                case 1: {
                        if (wireType !== 2)
                            break;
                        if ((value = reader.stringVerify()).length)
                            message.Version = value;
                        else
                            delete message.Version;
                        continue;
                    }
                case 2: {
                        if (wireType !== 2)
                            break;
                        message.Process = $root.grpc.Process.decode(reader, reader.size(), $undefined, _depth + 1, message.Process);
                        continue;
                    }
                case 3: {
                        if (wireType !== 2)
                            break;
                        message.Root = $root.grpc.Root.decode(reader, reader.size(), $undefined, _depth + 1, message.Root);
                        continue;
                    }
                case 4: {
                        if (wireType !== 2)
                            break;
                        if ((value = reader.stringVerify()).length)
                            message.Hostname = value;
                        else
                            delete message.Hostname;
                        continue;
                    }
                case 5: {
                        if (wireType !== 2)
                            break;
                        if (!(message.Mounts && message.Mounts.length))
                            message.Mounts = [];
                        message.Mounts.push($root.grpc.Mount.decode(reader, reader.size(), $undefined, _depth + 1));
                        continue;
                    }
                case 7: {
                        if (wireType !== 2)
                            break;
                        if (message.Annotations === $util.emptyObject)
                            message.Annotations = {};
                        let end2 = reader.size() + reader.pos;
                        if (end2 > reader.len)
                            throw $RangeError("index out of range");
                        reader.len = end2;
                        key = "";
                        value = "";
                        while (reader.pos < end2) {
                            let tag2 = reader.tag();
                            wireType = tag2 & 7;
                            switch (tag2 >>>= 3) {
                            case 1:
                                if (wireType !== 2)
                                    break;
                                key = reader.stringVerify();
                                continue;
                            case 2:
                                if (wireType !== 2)
                                    break;
                                value = reader.stringVerify();
                                continue;
                            }
                            reader.skipType(wireType, _depth, tag2);
                        }
                        if (reader.pos !== end2)
                            throw $RangeError("index out of range");
                        reader.len = end;
                        if (key === "__proto__")
                            $util.makeProp(message.Annotations, key);
                        message.Annotations[key] = value;
                        continue;
                    }
                case 8: {
                        if (wireType !== 2)
                            break;
                        message.Linux = $root.grpc.Linux.decode(reader, reader.size(), $undefined, _depth + 1, message.Linux);
                        continue;
                    }
                }
                reader.skipType(wireType, _depth, tag);
                if (!reader.discardUnknown) {
                    $util.makeProp(message, "$unknowns", false);
                    (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                }
            }
            if (length !== $undefined) {
                if (reader.pos !== end)
                    throw $RangeError("index out of range");
                reader.len = length;
            }
            if (_end !== $undefined)
                throw $Error("missing end group");
            return message;
        };

        /**
         * Gets the type url for Spec
         * @function getTypeUrl
         * @memberof grpc.Spec
         * @static
         * @param {string} [prefix] Custom type url prefix, defaults to `"type.googleapis.com"`
         * @returns {string} The type url
         */
        Spec.getTypeUrl = function(prefix) {
            if (prefix === $undefined)
                prefix = "type.googleapis.com";
            return prefix + "/grpc.Spec";
        };

        return Spec;
    })();

    grpc.CreateContainerRequest = (function() {

        /**
         * Properties of a CreateContainerRequest.
         * @typedef {Object} grpc.CreateContainerRequest.$Properties
         * @property {string|null} [containerId] CreateContainerRequest containerId
         * @property {string|null} [execId] CreateContainerRequest execId
         * @property {grpc.StringUser.$Properties|null} [stringUser] CreateContainerRequest stringUser
         * @property {Array.<grpc.Storage.$Properties>|null} [storages] CreateContainerRequest storages
         * @property {grpc.Spec.$Properties|null} [OCI] CreateContainerRequest OCI
         * @property {boolean|null} [sandboxPidns] CreateContainerRequest sandboxPidns
         * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
         */

        /**
         * Properties of a CreateContainerRequest.
         * @memberof grpc
         * @interface ICreateContainerRequest
         * @augments grpc.CreateContainerRequest.$Properties
         * @deprecated Use grpc.CreateContainerRequest.$Properties instead.
         */

        /**
         * Shape of a CreateContainerRequest.
         * @typedef {grpc.CreateContainerRequest.$Properties} grpc.CreateContainerRequest.$Shape
         */

        /**
         * Constructs a new CreateContainerRequest.
         * @memberof grpc
         * @classdesc Represents a CreateContainerRequest.
         * @constructor
         * @param {grpc.CreateContainerRequest.$Properties=} [properties] Properties to set
         * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
         */
        const CreateContainerRequest = function (properties) {
            this.storages = [];
            if (properties)
                for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                    if (properties[keys[i]] != null && keys[i] !== "__proto__")
                        this[keys[i]] = properties[keys[i]];
        };

        /**
         * CreateContainerRequest containerId.
         * @member {string} containerId
         * @memberof grpc.CreateContainerRequest
         * @instance
         */
        CreateContainerRequest.prototype.containerId = "";

        /**
         * CreateContainerRequest execId.
         * @member {string} execId
         * @memberof grpc.CreateContainerRequest
         * @instance
         */
        CreateContainerRequest.prototype.execId = "";

        /**
         * CreateContainerRequest stringUser.
         * @member {grpc.StringUser.$Properties|null|undefined} stringUser
         * @memberof grpc.CreateContainerRequest
         * @instance
         */
        CreateContainerRequest.prototype.stringUser = null;

        /**
         * CreateContainerRequest storages.
         * @member {Array.<grpc.Storage.$Properties>} storages
         * @memberof grpc.CreateContainerRequest
         * @instance
         */
        CreateContainerRequest.prototype.storages = $util.emptyArray;

        /**
         * CreateContainerRequest OCI.
         * @member {grpc.Spec.$Properties|null|undefined} OCI
         * @memberof grpc.CreateContainerRequest
         * @instance
         */
        CreateContainerRequest.prototype.OCI = null;

        /**
         * CreateContainerRequest sandboxPidns.
         * @member {boolean} sandboxPidns
         * @memberof grpc.CreateContainerRequest
         * @instance
         */
        CreateContainerRequest.prototype.sandboxPidns = false;

        /**
         * Creates a new CreateContainerRequest instance using the specified properties.
         * @function create
         * @memberof grpc.CreateContainerRequest
         * @static
         * @param {grpc.CreateContainerRequest.$Properties=} [properties] Properties to set
         * @returns {grpc.CreateContainerRequest} CreateContainerRequest instance
         * @type {{
         *   (properties: grpc.CreateContainerRequest.$Shape): grpc.CreateContainerRequest & grpc.CreateContainerRequest.$Shape;
         *   (properties?: grpc.CreateContainerRequest.$Properties): grpc.CreateContainerRequest;
         * }}
         */
        CreateContainerRequest.create = function(properties) {
            return new CreateContainerRequest(properties);
        };

        /**
         * Encodes the specified CreateContainerRequest message. Does not implicitly {@link grpc.CreateContainerRequest.verify|verify} messages.
         * @function encode
         * @memberof grpc.CreateContainerRequest
         * @static
         * @param {grpc.CreateContainerRequest.$Properties} message CreateContainerRequest message or plain object to encode
         * @param {$protobuf.Writer} [writer] Writer to encode to
         * @returns {$protobuf.Writer} Writer
         */
        CreateContainerRequest.encode = function (message, writer, _depth) {
            if (!writer)
                writer = $Writer.create();
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            if (message.containerId != null && $Object.hasOwnProperty.call(message, "containerId") && message.containerId !== "")
                writer.uint32(/* id 1, wireType 2 =*/10).string(message.containerId);
            if (message.execId != null && $Object.hasOwnProperty.call(message, "execId") && message.execId !== "")
                writer.uint32(/* id 2, wireType 2 =*/18).string(message.execId);
            if (message.stringUser != null && $Object.hasOwnProperty.call(message, "stringUser"))
                $root.grpc.StringUser.encode(message.stringUser, writer.uint32(/* id 3, wireType 2 =*/26).fork(), _depth + 1).ldelim();
            if (message.storages != null && message.storages.length)
                for (let i = 0; i < message.storages.length; ++i)
                    $root.grpc.Storage.encode(message.storages[i], writer.uint32(/* id 5, wireType 2 =*/42).fork(), _depth + 1).ldelim();
            if (message.OCI != null && $Object.hasOwnProperty.call(message, "OCI"))
                $root.grpc.Spec.encode(message.OCI, writer.uint32(/* id 6, wireType 2 =*/50).fork(), _depth + 1).ldelim();
            if (message.sandboxPidns != null && $Object.hasOwnProperty.call(message, "sandboxPidns") && message.sandboxPidns !== false)
                writer.uint32(/* id 7, wireType 0 =*/56).bool(message.sandboxPidns);
            if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                for (let i = 0; i < message.$unknowns.length; ++i)
                    writer.raw(message.$unknowns[i]);
            return writer;
        };

        /**
         * Decodes a CreateContainerRequest message from the specified reader or buffer.
         * @function decode
         * @memberof grpc.CreateContainerRequest
         * @static
         * @param {$protobuf.Reader|Uint8Array} reader Reader or buffer to decode from
         * @param {number} [length] Message length if known beforehand
         * @returns {grpc.CreateContainerRequest & grpc.CreateContainerRequest.$Shape} CreateContainerRequest
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        CreateContainerRequest.decode = function (reader, length, _end, _depth, _target) {
            if (!(reader instanceof $Reader))
                reader = $Reader.create(reader);
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $Reader.recursionLimit)
                throw $Error("max depth exceeded");
            let end, message, value;
            if (length === $undefined)
                end = reader.len;
            else {
                end = reader.pos + length;
                if (end > reader.len)
                    throw $RangeError("index out of range");
                length = reader.len;
                reader.len = end;
            }
            message = _target || new $root.grpc.CreateContainerRequest();
            while (reader.pos < end) {
                let start = reader.pos;
                let tag = reader.tag();
                if (tag === _end) {
                    _end = $undefined;
                    break;
                }
                let wireType = tag & 7;
                switch (tag >>>= 3) {
                case 1: {
                        if (wireType !== 2)
                            break;
                        if ((value = reader.stringVerify()).length)
                            message.containerId = value;
                        else
                            delete message.containerId;
                        continue;
                    }
                case 2: {
                        if (wireType !== 2)
                            break;
                        if ((value = reader.stringVerify()).length)
                            message.execId = value;
                        else
                            delete message.execId;
                        continue;
                    }
                case 3: {
                        if (wireType !== 2)
                            break;
                        message.stringUser = $root.grpc.StringUser.decode(reader, reader.size(), $undefined, _depth + 1, message.stringUser);
                        continue;
                    }
                case 5: {
                        if (wireType !== 2)
                            break;
                        if (!(message.storages && message.storages.length))
                            message.storages = [];
                        message.storages.push($root.grpc.Storage.decode(reader, reader.size(), $undefined, _depth + 1));
                        continue;
                    }
                case 6: {
                        if (wireType !== 2)
                            break;
                        message.OCI = $root.grpc.Spec.decode(reader, reader.size(), $undefined, _depth + 1, message.OCI);
                        continue;
                    }
                case 7: {
                        if (wireType !== 0)
                            break;
                        if (value = reader.bool())
                            message.sandboxPidns = value;
                        else
                            delete message.sandboxPidns;
                        continue;
                    }
                }
                reader.skipType(wireType, _depth, tag);
                if (!reader.discardUnknown) {
                    $util.makeProp(message, "$unknowns", false);
                    (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                }
            }
            if (length !== $undefined) {
                if (reader.pos !== end)
                    throw $RangeError("index out of range");
                reader.len = length;
            }
            if (_end !== $undefined)
                throw $Error("missing end group");
            return message;
        };

        /**
         * Gets the type url for CreateContainerRequest
         * @function getTypeUrl
         * @memberof grpc.CreateContainerRequest
         * @static
         * @param {string} [prefix] Custom type url prefix, defaults to `"type.googleapis.com"`
         * @returns {string} The type url
         */
        CreateContainerRequest.getTypeUrl = function(prefix) {
            if (prefix === $undefined)
                prefix = "type.googleapis.com";
            return prefix + "/grpc.CreateContainerRequest";
        };

        return CreateContainerRequest;
    })();

    grpc.StartContainerRequest = (function() {

        /**
         * Properties of a StartContainerRequest.
         * @typedef {Object} grpc.StartContainerRequest.$Properties
         * @property {string|null} [containerId] StartContainerRequest containerId
         * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
         */

        /**
         * Properties of a StartContainerRequest.
         * @memberof grpc
         * @interface IStartContainerRequest
         * @augments grpc.StartContainerRequest.$Properties
         * @deprecated Use grpc.StartContainerRequest.$Properties instead.
         */

        /**
         * Shape of a StartContainerRequest.
         * @typedef {grpc.StartContainerRequest.$Properties} grpc.StartContainerRequest.$Shape
         */

        /**
         * Constructs a new StartContainerRequest.
         * @memberof grpc
         * @classdesc Represents a StartContainerRequest.
         * @constructor
         * @param {grpc.StartContainerRequest.$Properties=} [properties] Properties to set
         * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
         */
        const StartContainerRequest = function (properties) {
            if (properties)
                for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                    if (properties[keys[i]] != null && keys[i] !== "__proto__")
                        this[keys[i]] = properties[keys[i]];
        };

        /**
         * StartContainerRequest containerId.
         * @member {string} containerId
         * @memberof grpc.StartContainerRequest
         * @instance
         */
        StartContainerRequest.prototype.containerId = "";

        /**
         * Creates a new StartContainerRequest instance using the specified properties.
         * @function create
         * @memberof grpc.StartContainerRequest
         * @static
         * @param {grpc.StartContainerRequest.$Properties=} [properties] Properties to set
         * @returns {grpc.StartContainerRequest} StartContainerRequest instance
         * @type {{
         *   (properties: grpc.StartContainerRequest.$Shape): grpc.StartContainerRequest & grpc.StartContainerRequest.$Shape;
         *   (properties?: grpc.StartContainerRequest.$Properties): grpc.StartContainerRequest;
         * }}
         */
        StartContainerRequest.create = function(properties) {
            return new StartContainerRequest(properties);
        };

        /**
         * Encodes the specified StartContainerRequest message. Does not implicitly {@link grpc.StartContainerRequest.verify|verify} messages.
         * @function encode
         * @memberof grpc.StartContainerRequest
         * @static
         * @param {grpc.StartContainerRequest.$Properties} message StartContainerRequest message or plain object to encode
         * @param {$protobuf.Writer} [writer] Writer to encode to
         * @returns {$protobuf.Writer} Writer
         */
        StartContainerRequest.encode = function (message, writer, _depth) {
            if (!writer)
                writer = $Writer.create();
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            if (message.containerId != null && $Object.hasOwnProperty.call(message, "containerId") && message.containerId !== "")
                writer.uint32(/* id 1, wireType 2 =*/10).string(message.containerId);
            if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                for (let i = 0; i < message.$unknowns.length; ++i)
                    writer.raw(message.$unknowns[i]);
            return writer;
        };

        /**
         * Decodes a StartContainerRequest message from the specified reader or buffer.
         * @function decode
         * @memberof grpc.StartContainerRequest
         * @static
         * @param {$protobuf.Reader|Uint8Array} reader Reader or buffer to decode from
         * @param {number} [length] Message length if known beforehand
         * @returns {grpc.StartContainerRequest & grpc.StartContainerRequest.$Shape} StartContainerRequest
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        StartContainerRequest.decode = function (reader, length, _end, _depth, _target) {
            if (!(reader instanceof $Reader))
                reader = $Reader.create(reader);
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $Reader.recursionLimit)
                throw $Error("max depth exceeded");
            let end, message, value;
            if (length === $undefined)
                end = reader.len;
            else {
                end = reader.pos + length;
                if (end > reader.len)
                    throw $RangeError("index out of range");
                length = reader.len;
                reader.len = end;
            }
            message = _target || new $root.grpc.StartContainerRequest();
            while (reader.pos < end) {
                let start = reader.pos;
                let tag = reader.tag();
                if (tag === _end) {
                    _end = $undefined;
                    break;
                }
                let wireType = tag & 7;
                switch (tag >>>= 3) {
                case 1: {
                        if (wireType !== 2)
                            break;
                        if ((value = reader.stringVerify()).length)
                            message.containerId = value;
                        else
                            delete message.containerId;
                        continue;
                    }
                }
                reader.skipType(wireType, _depth, tag);
                if (!reader.discardUnknown) {
                    $util.makeProp(message, "$unknowns", false);
                    (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                }
            }
            if (length !== $undefined) {
                if (reader.pos !== end)
                    throw $RangeError("index out of range");
                reader.len = length;
            }
            if (_end !== $undefined)
                throw $Error("missing end group");
            return message;
        };

        /**
         * Gets the type url for StartContainerRequest
         * @function getTypeUrl
         * @memberof grpc.StartContainerRequest
         * @static
         * @param {string} [prefix] Custom type url prefix, defaults to `"type.googleapis.com"`
         * @returns {string} The type url
         */
        StartContainerRequest.getTypeUrl = function(prefix) {
            if (prefix === $undefined)
                prefix = "type.googleapis.com";
            return prefix + "/grpc.StartContainerRequest";
        };

        return StartContainerRequest;
    })();

    grpc.RemoveContainerRequest = (function() {

        /**
         * Properties of a RemoveContainerRequest.
         * @typedef {Object} grpc.RemoveContainerRequest.$Properties
         * @property {string|null} [containerId] RemoveContainerRequest containerId
         * @property {number|null} [timeout] RemoveContainerRequest timeout
         * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
         */

        /**
         * Properties of a RemoveContainerRequest.
         * @memberof grpc
         * @interface IRemoveContainerRequest
         * @augments grpc.RemoveContainerRequest.$Properties
         * @deprecated Use grpc.RemoveContainerRequest.$Properties instead.
         */

        /**
         * Shape of a RemoveContainerRequest.
         * @typedef {grpc.RemoveContainerRequest.$Properties} grpc.RemoveContainerRequest.$Shape
         */

        /**
         * Constructs a new RemoveContainerRequest.
         * @memberof grpc
         * @classdesc Represents a RemoveContainerRequest.
         * @constructor
         * @param {grpc.RemoveContainerRequest.$Properties=} [properties] Properties to set
         * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
         */
        const RemoveContainerRequest = function (properties) {
            if (properties)
                for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                    if (properties[keys[i]] != null && keys[i] !== "__proto__")
                        this[keys[i]] = properties[keys[i]];
        };

        /**
         * RemoveContainerRequest containerId.
         * @member {string} containerId
         * @memberof grpc.RemoveContainerRequest
         * @instance
         */
        RemoveContainerRequest.prototype.containerId = "";

        /**
         * RemoveContainerRequest timeout.
         * @member {number} timeout
         * @memberof grpc.RemoveContainerRequest
         * @instance
         */
        RemoveContainerRequest.prototype.timeout = 0;

        /**
         * Creates a new RemoveContainerRequest instance using the specified properties.
         * @function create
         * @memberof grpc.RemoveContainerRequest
         * @static
         * @param {grpc.RemoveContainerRequest.$Properties=} [properties] Properties to set
         * @returns {grpc.RemoveContainerRequest} RemoveContainerRequest instance
         * @type {{
         *   (properties: grpc.RemoveContainerRequest.$Shape): grpc.RemoveContainerRequest & grpc.RemoveContainerRequest.$Shape;
         *   (properties?: grpc.RemoveContainerRequest.$Properties): grpc.RemoveContainerRequest;
         * }}
         */
        RemoveContainerRequest.create = function(properties) {
            return new RemoveContainerRequest(properties);
        };

        /**
         * Encodes the specified RemoveContainerRequest message. Does not implicitly {@link grpc.RemoveContainerRequest.verify|verify} messages.
         * @function encode
         * @memberof grpc.RemoveContainerRequest
         * @static
         * @param {grpc.RemoveContainerRequest.$Properties} message RemoveContainerRequest message or plain object to encode
         * @param {$protobuf.Writer} [writer] Writer to encode to
         * @returns {$protobuf.Writer} Writer
         */
        RemoveContainerRequest.encode = function (message, writer, _depth) {
            if (!writer)
                writer = $Writer.create();
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            if (message.containerId != null && $Object.hasOwnProperty.call(message, "containerId") && message.containerId !== "")
                writer.uint32(/* id 1, wireType 2 =*/10).string(message.containerId);
            if (message.timeout != null && $Object.hasOwnProperty.call(message, "timeout") && message.timeout !== 0)
                writer.uint32(/* id 2, wireType 0 =*/16).uint32(message.timeout);
            if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                for (let i = 0; i < message.$unknowns.length; ++i)
                    writer.raw(message.$unknowns[i]);
            return writer;
        };

        /**
         * Decodes a RemoveContainerRequest message from the specified reader or buffer.
         * @function decode
         * @memberof grpc.RemoveContainerRequest
         * @static
         * @param {$protobuf.Reader|Uint8Array} reader Reader or buffer to decode from
         * @param {number} [length] Message length if known beforehand
         * @returns {grpc.RemoveContainerRequest & grpc.RemoveContainerRequest.$Shape} RemoveContainerRequest
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        RemoveContainerRequest.decode = function (reader, length, _end, _depth, _target) {
            if (!(reader instanceof $Reader))
                reader = $Reader.create(reader);
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $Reader.recursionLimit)
                throw $Error("max depth exceeded");
            let end, message, value;
            if (length === $undefined)
                end = reader.len;
            else {
                end = reader.pos + length;
                if (end > reader.len)
                    throw $RangeError("index out of range");
                length = reader.len;
                reader.len = end;
            }
            message = _target || new $root.grpc.RemoveContainerRequest();
            while (reader.pos < end) {
                let start = reader.pos;
                let tag = reader.tag();
                if (tag === _end) {
                    _end = $undefined;
                    break;
                }
                let wireType = tag & 7;
                switch (tag >>>= 3) {
                case 1: {
                        if (wireType !== 2)
                            break;
                        if ((value = reader.stringVerify()).length)
                            message.containerId = value;
                        else
                            delete message.containerId;
                        continue;
                    }
                case 2: {
                        if (wireType !== 0)
                            break;
                        if (value = reader.uint32())
                            message.timeout = value;
                        else
                            delete message.timeout;
                        continue;
                    }
                }
                reader.skipType(wireType, _depth, tag);
                if (!reader.discardUnknown) {
                    $util.makeProp(message, "$unknowns", false);
                    (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                }
            }
            if (length !== $undefined) {
                if (reader.pos !== end)
                    throw $RangeError("index out of range");
                reader.len = length;
            }
            if (_end !== $undefined)
                throw $Error("missing end group");
            return message;
        };

        /**
         * Gets the type url for RemoveContainerRequest
         * @function getTypeUrl
         * @memberof grpc.RemoveContainerRequest
         * @static
         * @param {string} [prefix] Custom type url prefix, defaults to `"type.googleapis.com"`
         * @returns {string} The type url
         */
        RemoveContainerRequest.getTypeUrl = function(prefix) {
            if (prefix === $undefined)
                prefix = "type.googleapis.com";
            return prefix + "/grpc.RemoveContainerRequest";
        };

        return RemoveContainerRequest;
    })();

    grpc.ExecProcessRequest = (function() {

        /**
         * Properties of an ExecProcessRequest.
         * @typedef {Object} grpc.ExecProcessRequest.$Properties
         * @property {string|null} [containerId] ExecProcessRequest containerId
         * @property {string|null} [execId] ExecProcessRequest execId
         * @property {grpc.StringUser.$Properties|null} [stringUser] ExecProcessRequest stringUser
         * @property {grpc.Process.$Properties|null} [process] ExecProcessRequest process
         * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
         */

        /**
         * Properties of an ExecProcessRequest.
         * @memberof grpc
         * @interface IExecProcessRequest
         * @augments grpc.ExecProcessRequest.$Properties
         * @deprecated Use grpc.ExecProcessRequest.$Properties instead.
         */

        /**
         * Shape of an ExecProcessRequest.
         * @typedef {grpc.ExecProcessRequest.$Properties} grpc.ExecProcessRequest.$Shape
         */

        /**
         * Constructs a new ExecProcessRequest.
         * @memberof grpc
         * @classdesc Represents an ExecProcessRequest.
         * @constructor
         * @param {grpc.ExecProcessRequest.$Properties=} [properties] Properties to set
         * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
         */
        const ExecProcessRequest = function (properties) {
            if (properties)
                for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                    if (properties[keys[i]] != null && keys[i] !== "__proto__")
                        this[keys[i]] = properties[keys[i]];
        };

        /**
         * ExecProcessRequest containerId.
         * @member {string} containerId
         * @memberof grpc.ExecProcessRequest
         * @instance
         */
        ExecProcessRequest.prototype.containerId = "";

        /**
         * ExecProcessRequest execId.
         * @member {string} execId
         * @memberof grpc.ExecProcessRequest
         * @instance
         */
        ExecProcessRequest.prototype.execId = "";

        /**
         * ExecProcessRequest stringUser.
         * @member {grpc.StringUser.$Properties|null|undefined} stringUser
         * @memberof grpc.ExecProcessRequest
         * @instance
         */
        ExecProcessRequest.prototype.stringUser = null;

        /**
         * ExecProcessRequest process.
         * @member {grpc.Process.$Properties|null|undefined} process
         * @memberof grpc.ExecProcessRequest
         * @instance
         */
        ExecProcessRequest.prototype.process = null;

        /**
         * Creates a new ExecProcessRequest instance using the specified properties.
         * @function create
         * @memberof grpc.ExecProcessRequest
         * @static
         * @param {grpc.ExecProcessRequest.$Properties=} [properties] Properties to set
         * @returns {grpc.ExecProcessRequest} ExecProcessRequest instance
         * @type {{
         *   (properties: grpc.ExecProcessRequest.$Shape): grpc.ExecProcessRequest & grpc.ExecProcessRequest.$Shape;
         *   (properties?: grpc.ExecProcessRequest.$Properties): grpc.ExecProcessRequest;
         * }}
         */
        ExecProcessRequest.create = function(properties) {
            return new ExecProcessRequest(properties);
        };

        /**
         * Encodes the specified ExecProcessRequest message. Does not implicitly {@link grpc.ExecProcessRequest.verify|verify} messages.
         * @function encode
         * @memberof grpc.ExecProcessRequest
         * @static
         * @param {grpc.ExecProcessRequest.$Properties} message ExecProcessRequest message or plain object to encode
         * @param {$protobuf.Writer} [writer] Writer to encode to
         * @returns {$protobuf.Writer} Writer
         */
        ExecProcessRequest.encode = function (message, writer, _depth) {
            if (!writer)
                writer = $Writer.create();
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            if (message.containerId != null && $Object.hasOwnProperty.call(message, "containerId") && message.containerId !== "")
                writer.uint32(/* id 1, wireType 2 =*/10).string(message.containerId);
            if (message.execId != null && $Object.hasOwnProperty.call(message, "execId") && message.execId !== "")
                writer.uint32(/* id 2, wireType 2 =*/18).string(message.execId);
            if (message.stringUser != null && $Object.hasOwnProperty.call(message, "stringUser"))
                $root.grpc.StringUser.encode(message.stringUser, writer.uint32(/* id 3, wireType 2 =*/26).fork(), _depth + 1).ldelim();
            if (message.process != null && $Object.hasOwnProperty.call(message, "process"))
                $root.grpc.Process.encode(message.process, writer.uint32(/* id 4, wireType 2 =*/34).fork(), _depth + 1).ldelim();
            if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                for (let i = 0; i < message.$unknowns.length; ++i)
                    writer.raw(message.$unknowns[i]);
            return writer;
        };

        /**
         * Decodes an ExecProcessRequest message from the specified reader or buffer.
         * @function decode
         * @memberof grpc.ExecProcessRequest
         * @static
         * @param {$protobuf.Reader|Uint8Array} reader Reader or buffer to decode from
         * @param {number} [length] Message length if known beforehand
         * @returns {grpc.ExecProcessRequest & grpc.ExecProcessRequest.$Shape} ExecProcessRequest
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        ExecProcessRequest.decode = function (reader, length, _end, _depth, _target) {
            if (!(reader instanceof $Reader))
                reader = $Reader.create(reader);
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $Reader.recursionLimit)
                throw $Error("max depth exceeded");
            let end, message, value;
            if (length === $undefined)
                end = reader.len;
            else {
                end = reader.pos + length;
                if (end > reader.len)
                    throw $RangeError("index out of range");
                length = reader.len;
                reader.len = end;
            }
            message = _target || new $root.grpc.ExecProcessRequest();
            while (reader.pos < end) {
                let start = reader.pos;
                let tag = reader.tag();
                if (tag === _end) {
                    _end = $undefined;
                    break;
                }
                let wireType = tag & 7;
                switch (tag >>>= 3) {
                case 1: {
                        if (wireType !== 2)
                            break;
                        if ((value = reader.stringVerify()).length)
                            message.containerId = value;
                        else
                            delete message.containerId;
                        continue;
                    }
                case 2: {
                        if (wireType !== 2)
                            break;
                        if ((value = reader.stringVerify()).length)
                            message.execId = value;
                        else
                            delete message.execId;
                        continue;
                    }
                case 3: {
                        if (wireType !== 2)
                            break;
                        message.stringUser = $root.grpc.StringUser.decode(reader, reader.size(), $undefined, _depth + 1, message.stringUser);
                        continue;
                    }
                case 4: {
                        if (wireType !== 2)
                            break;
                        message.process = $root.grpc.Process.decode(reader, reader.size(), $undefined, _depth + 1, message.process);
                        continue;
                    }
                }
                reader.skipType(wireType, _depth, tag);
                if (!reader.discardUnknown) {
                    $util.makeProp(message, "$unknowns", false);
                    (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                }
            }
            if (length !== $undefined) {
                if (reader.pos !== end)
                    throw $RangeError("index out of range");
                reader.len = length;
            }
            if (_end !== $undefined)
                throw $Error("missing end group");
            return message;
        };

        /**
         * Gets the type url for ExecProcessRequest
         * @function getTypeUrl
         * @memberof grpc.ExecProcessRequest
         * @static
         * @param {string} [prefix] Custom type url prefix, defaults to `"type.googleapis.com"`
         * @returns {string} The type url
         */
        ExecProcessRequest.getTypeUrl = function(prefix) {
            if (prefix === $undefined)
                prefix = "type.googleapis.com";
            return prefix + "/grpc.ExecProcessRequest";
        };

        return ExecProcessRequest;
    })();

    grpc.SignalProcessRequest = (function() {

        /**
         * Properties of a SignalProcessRequest.
         * @typedef {Object} grpc.SignalProcessRequest.$Properties
         * @property {string|null} [containerId] SignalProcessRequest containerId
         * @property {string|null} [execId] SignalProcessRequest execId
         * @property {number|null} [signal] SignalProcessRequest signal
         * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
         */

        /**
         * Properties of a SignalProcessRequest.
         * @memberof grpc
         * @interface ISignalProcessRequest
         * @augments grpc.SignalProcessRequest.$Properties
         * @deprecated Use grpc.SignalProcessRequest.$Properties instead.
         */

        /**
         * Shape of a SignalProcessRequest.
         * @typedef {grpc.SignalProcessRequest.$Properties} grpc.SignalProcessRequest.$Shape
         */

        /**
         * Constructs a new SignalProcessRequest.
         * @memberof grpc
         * @classdesc Represents a SignalProcessRequest.
         * @constructor
         * @param {grpc.SignalProcessRequest.$Properties=} [properties] Properties to set
         * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
         */
        const SignalProcessRequest = function (properties) {
            if (properties)
                for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                    if (properties[keys[i]] != null && keys[i] !== "__proto__")
                        this[keys[i]] = properties[keys[i]];
        };

        /**
         * SignalProcessRequest containerId.
         * @member {string} containerId
         * @memberof grpc.SignalProcessRequest
         * @instance
         */
        SignalProcessRequest.prototype.containerId = "";

        /**
         * SignalProcessRequest execId.
         * @member {string} execId
         * @memberof grpc.SignalProcessRequest
         * @instance
         */
        SignalProcessRequest.prototype.execId = "";

        /**
         * SignalProcessRequest signal.
         * @member {number} signal
         * @memberof grpc.SignalProcessRequest
         * @instance
         */
        SignalProcessRequest.prototype.signal = 0;

        /**
         * Creates a new SignalProcessRequest instance using the specified properties.
         * @function create
         * @memberof grpc.SignalProcessRequest
         * @static
         * @param {grpc.SignalProcessRequest.$Properties=} [properties] Properties to set
         * @returns {grpc.SignalProcessRequest} SignalProcessRequest instance
         * @type {{
         *   (properties: grpc.SignalProcessRequest.$Shape): grpc.SignalProcessRequest & grpc.SignalProcessRequest.$Shape;
         *   (properties?: grpc.SignalProcessRequest.$Properties): grpc.SignalProcessRequest;
         * }}
         */
        SignalProcessRequest.create = function(properties) {
            return new SignalProcessRequest(properties);
        };

        /**
         * Encodes the specified SignalProcessRequest message. Does not implicitly {@link grpc.SignalProcessRequest.verify|verify} messages.
         * @function encode
         * @memberof grpc.SignalProcessRequest
         * @static
         * @param {grpc.SignalProcessRequest.$Properties} message SignalProcessRequest message or plain object to encode
         * @param {$protobuf.Writer} [writer] Writer to encode to
         * @returns {$protobuf.Writer} Writer
         */
        SignalProcessRequest.encode = function (message, writer, _depth) {
            if (!writer)
                writer = $Writer.create();
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            if (message.containerId != null && $Object.hasOwnProperty.call(message, "containerId") && message.containerId !== "")
                writer.uint32(/* id 1, wireType 2 =*/10).string(message.containerId);
            if (message.execId != null && $Object.hasOwnProperty.call(message, "execId") && message.execId !== "")
                writer.uint32(/* id 2, wireType 2 =*/18).string(message.execId);
            if (message.signal != null && $Object.hasOwnProperty.call(message, "signal") && message.signal !== 0)
                writer.uint32(/* id 3, wireType 0 =*/24).uint32(message.signal);
            if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                for (let i = 0; i < message.$unknowns.length; ++i)
                    writer.raw(message.$unknowns[i]);
            return writer;
        };

        /**
         * Decodes a SignalProcessRequest message from the specified reader or buffer.
         * @function decode
         * @memberof grpc.SignalProcessRequest
         * @static
         * @param {$protobuf.Reader|Uint8Array} reader Reader or buffer to decode from
         * @param {number} [length] Message length if known beforehand
         * @returns {grpc.SignalProcessRequest & grpc.SignalProcessRequest.$Shape} SignalProcessRequest
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        SignalProcessRequest.decode = function (reader, length, _end, _depth, _target) {
            if (!(reader instanceof $Reader))
                reader = $Reader.create(reader);
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $Reader.recursionLimit)
                throw $Error("max depth exceeded");
            let end, message, value;
            if (length === $undefined)
                end = reader.len;
            else {
                end = reader.pos + length;
                if (end > reader.len)
                    throw $RangeError("index out of range");
                length = reader.len;
                reader.len = end;
            }
            message = _target || new $root.grpc.SignalProcessRequest();
            while (reader.pos < end) {
                let start = reader.pos;
                let tag = reader.tag();
                if (tag === _end) {
                    _end = $undefined;
                    break;
                }
                let wireType = tag & 7;
                switch (tag >>>= 3) {
                case 1: {
                        if (wireType !== 2)
                            break;
                        if ((value = reader.stringVerify()).length)
                            message.containerId = value;
                        else
                            delete message.containerId;
                        continue;
                    }
                case 2: {
                        if (wireType !== 2)
                            break;
                        if ((value = reader.stringVerify()).length)
                            message.execId = value;
                        else
                            delete message.execId;
                        continue;
                    }
                case 3: {
                        if (wireType !== 0)
                            break;
                        if (value = reader.uint32())
                            message.signal = value;
                        else
                            delete message.signal;
                        continue;
                    }
                }
                reader.skipType(wireType, _depth, tag);
                if (!reader.discardUnknown) {
                    $util.makeProp(message, "$unknowns", false);
                    (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                }
            }
            if (length !== $undefined) {
                if (reader.pos !== end)
                    throw $RangeError("index out of range");
                reader.len = length;
            }
            if (_end !== $undefined)
                throw $Error("missing end group");
            return message;
        };

        /**
         * Gets the type url for SignalProcessRequest
         * @function getTypeUrl
         * @memberof grpc.SignalProcessRequest
         * @static
         * @param {string} [prefix] Custom type url prefix, defaults to `"type.googleapis.com"`
         * @returns {string} The type url
         */
        SignalProcessRequest.getTypeUrl = function(prefix) {
            if (prefix === $undefined)
                prefix = "type.googleapis.com";
            return prefix + "/grpc.SignalProcessRequest";
        };

        return SignalProcessRequest;
    })();

    grpc.WaitProcessRequest = (function() {

        /**
         * Properties of a WaitProcessRequest.
         * @typedef {Object} grpc.WaitProcessRequest.$Properties
         * @property {string|null} [containerId] WaitProcessRequest containerId
         * @property {string|null} [execId] WaitProcessRequest execId
         * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
         */

        /**
         * Properties of a WaitProcessRequest.
         * @memberof grpc
         * @interface IWaitProcessRequest
         * @augments grpc.WaitProcessRequest.$Properties
         * @deprecated Use grpc.WaitProcessRequest.$Properties instead.
         */

        /**
         * Shape of a WaitProcessRequest.
         * @typedef {grpc.WaitProcessRequest.$Properties} grpc.WaitProcessRequest.$Shape
         */

        /**
         * Constructs a new WaitProcessRequest.
         * @memberof grpc
         * @classdesc Represents a WaitProcessRequest.
         * @constructor
         * @param {grpc.WaitProcessRequest.$Properties=} [properties] Properties to set
         * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
         */
        const WaitProcessRequest = function (properties) {
            if (properties)
                for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                    if (properties[keys[i]] != null && keys[i] !== "__proto__")
                        this[keys[i]] = properties[keys[i]];
        };

        /**
         * WaitProcessRequest containerId.
         * @member {string} containerId
         * @memberof grpc.WaitProcessRequest
         * @instance
         */
        WaitProcessRequest.prototype.containerId = "";

        /**
         * WaitProcessRequest execId.
         * @member {string} execId
         * @memberof grpc.WaitProcessRequest
         * @instance
         */
        WaitProcessRequest.prototype.execId = "";

        /**
         * Creates a new WaitProcessRequest instance using the specified properties.
         * @function create
         * @memberof grpc.WaitProcessRequest
         * @static
         * @param {grpc.WaitProcessRequest.$Properties=} [properties] Properties to set
         * @returns {grpc.WaitProcessRequest} WaitProcessRequest instance
         * @type {{
         *   (properties: grpc.WaitProcessRequest.$Shape): grpc.WaitProcessRequest & grpc.WaitProcessRequest.$Shape;
         *   (properties?: grpc.WaitProcessRequest.$Properties): grpc.WaitProcessRequest;
         * }}
         */
        WaitProcessRequest.create = function(properties) {
            return new WaitProcessRequest(properties);
        };

        /**
         * Encodes the specified WaitProcessRequest message. Does not implicitly {@link grpc.WaitProcessRequest.verify|verify} messages.
         * @function encode
         * @memberof grpc.WaitProcessRequest
         * @static
         * @param {grpc.WaitProcessRequest.$Properties} message WaitProcessRequest message or plain object to encode
         * @param {$protobuf.Writer} [writer] Writer to encode to
         * @returns {$protobuf.Writer} Writer
         */
        WaitProcessRequest.encode = function (message, writer, _depth) {
            if (!writer)
                writer = $Writer.create();
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            if (message.containerId != null && $Object.hasOwnProperty.call(message, "containerId") && message.containerId !== "")
                writer.uint32(/* id 1, wireType 2 =*/10).string(message.containerId);
            if (message.execId != null && $Object.hasOwnProperty.call(message, "execId") && message.execId !== "")
                writer.uint32(/* id 2, wireType 2 =*/18).string(message.execId);
            if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                for (let i = 0; i < message.$unknowns.length; ++i)
                    writer.raw(message.$unknowns[i]);
            return writer;
        };

        /**
         * Decodes a WaitProcessRequest message from the specified reader or buffer.
         * @function decode
         * @memberof grpc.WaitProcessRequest
         * @static
         * @param {$protobuf.Reader|Uint8Array} reader Reader or buffer to decode from
         * @param {number} [length] Message length if known beforehand
         * @returns {grpc.WaitProcessRequest & grpc.WaitProcessRequest.$Shape} WaitProcessRequest
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        WaitProcessRequest.decode = function (reader, length, _end, _depth, _target) {
            if (!(reader instanceof $Reader))
                reader = $Reader.create(reader);
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $Reader.recursionLimit)
                throw $Error("max depth exceeded");
            let end, message, value;
            if (length === $undefined)
                end = reader.len;
            else {
                end = reader.pos + length;
                if (end > reader.len)
                    throw $RangeError("index out of range");
                length = reader.len;
                reader.len = end;
            }
            message = _target || new $root.grpc.WaitProcessRequest();
            while (reader.pos < end) {
                let start = reader.pos;
                let tag = reader.tag();
                if (tag === _end) {
                    _end = $undefined;
                    break;
                }
                let wireType = tag & 7;
                switch (tag >>>= 3) {
                case 1: {
                        if (wireType !== 2)
                            break;
                        if ((value = reader.stringVerify()).length)
                            message.containerId = value;
                        else
                            delete message.containerId;
                        continue;
                    }
                case 2: {
                        if (wireType !== 2)
                            break;
                        if ((value = reader.stringVerify()).length)
                            message.execId = value;
                        else
                            delete message.execId;
                        continue;
                    }
                }
                reader.skipType(wireType, _depth, tag);
                if (!reader.discardUnknown) {
                    $util.makeProp(message, "$unknowns", false);
                    (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                }
            }
            if (length !== $undefined) {
                if (reader.pos !== end)
                    throw $RangeError("index out of range");
                reader.len = length;
            }
            if (_end !== $undefined)
                throw $Error("missing end group");
            return message;
        };

        /**
         * Gets the type url for WaitProcessRequest
         * @function getTypeUrl
         * @memberof grpc.WaitProcessRequest
         * @static
         * @param {string} [prefix] Custom type url prefix, defaults to `"type.googleapis.com"`
         * @returns {string} The type url
         */
        WaitProcessRequest.getTypeUrl = function(prefix) {
            if (prefix === $undefined)
                prefix = "type.googleapis.com";
            return prefix + "/grpc.WaitProcessRequest";
        };

        return WaitProcessRequest;
    })();

    grpc.WaitProcessResponse = (function() {

        /**
         * Properties of a WaitProcessResponse.
         * @typedef {Object} grpc.WaitProcessResponse.$Properties
         * @property {number|null} [status] WaitProcessResponse status
         * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
         */

        /**
         * Properties of a WaitProcessResponse.
         * @memberof grpc
         * @interface IWaitProcessResponse
         * @augments grpc.WaitProcessResponse.$Properties
         * @deprecated Use grpc.WaitProcessResponse.$Properties instead.
         */

        /**
         * Shape of a WaitProcessResponse.
         * @typedef {grpc.WaitProcessResponse.$Properties} grpc.WaitProcessResponse.$Shape
         */

        /**
         * Constructs a new WaitProcessResponse.
         * @memberof grpc
         * @classdesc Represents a WaitProcessResponse.
         * @constructor
         * @param {grpc.WaitProcessResponse.$Properties=} [properties] Properties to set
         * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
         */
        const WaitProcessResponse = function (properties) {
            if (properties)
                for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                    if (properties[keys[i]] != null && keys[i] !== "__proto__")
                        this[keys[i]] = properties[keys[i]];
        };

        /**
         * WaitProcessResponse status.
         * @member {number} status
         * @memberof grpc.WaitProcessResponse
         * @instance
         */
        WaitProcessResponse.prototype.status = 0;

        /**
         * Creates a new WaitProcessResponse instance using the specified properties.
         * @function create
         * @memberof grpc.WaitProcessResponse
         * @static
         * @param {grpc.WaitProcessResponse.$Properties=} [properties] Properties to set
         * @returns {grpc.WaitProcessResponse} WaitProcessResponse instance
         * @type {{
         *   (properties: grpc.WaitProcessResponse.$Shape): grpc.WaitProcessResponse & grpc.WaitProcessResponse.$Shape;
         *   (properties?: grpc.WaitProcessResponse.$Properties): grpc.WaitProcessResponse;
         * }}
         */
        WaitProcessResponse.create = function(properties) {
            return new WaitProcessResponse(properties);
        };

        /**
         * Encodes the specified WaitProcessResponse message. Does not implicitly {@link grpc.WaitProcessResponse.verify|verify} messages.
         * @function encode
         * @memberof grpc.WaitProcessResponse
         * @static
         * @param {grpc.WaitProcessResponse.$Properties} message WaitProcessResponse message or plain object to encode
         * @param {$protobuf.Writer} [writer] Writer to encode to
         * @returns {$protobuf.Writer} Writer
         */
        WaitProcessResponse.encode = function (message, writer, _depth) {
            if (!writer)
                writer = $Writer.create();
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            if (message.status != null && $Object.hasOwnProperty.call(message, "status") && message.status !== 0)
                writer.uint32(/* id 1, wireType 0 =*/8).int32(message.status);
            if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                for (let i = 0; i < message.$unknowns.length; ++i)
                    writer.raw(message.$unknowns[i]);
            return writer;
        };

        /**
         * Decodes a WaitProcessResponse message from the specified reader or buffer.
         * @function decode
         * @memberof grpc.WaitProcessResponse
         * @static
         * @param {$protobuf.Reader|Uint8Array} reader Reader or buffer to decode from
         * @param {number} [length] Message length if known beforehand
         * @returns {grpc.WaitProcessResponse & grpc.WaitProcessResponse.$Shape} WaitProcessResponse
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        WaitProcessResponse.decode = function (reader, length, _end, _depth, _target) {
            if (!(reader instanceof $Reader))
                reader = $Reader.create(reader);
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $Reader.recursionLimit)
                throw $Error("max depth exceeded");
            let end, message, value;
            if (length === $undefined)
                end = reader.len;
            else {
                end = reader.pos + length;
                if (end > reader.len)
                    throw $RangeError("index out of range");
                length = reader.len;
                reader.len = end;
            }
            message = _target || new $root.grpc.WaitProcessResponse();
            while (reader.pos < end) {
                let start = reader.pos;
                let tag = reader.tag();
                if (tag === _end) {
                    _end = $undefined;
                    break;
                }
                let wireType = tag & 7;
                switch (tag >>>= 3) {
                case 1: {
                        if (wireType !== 0)
                            break;
                        if (value = reader.int32())
                            message.status = value;
                        else
                            delete message.status;
                        continue;
                    }
                }
                reader.skipType(wireType, _depth, tag);
                if (!reader.discardUnknown) {
                    $util.makeProp(message, "$unknowns", false);
                    (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                }
            }
            if (length !== $undefined) {
                if (reader.pos !== end)
                    throw $RangeError("index out of range");
                reader.len = length;
            }
            if (_end !== $undefined)
                throw $Error("missing end group");
            return message;
        };

        /**
         * Gets the type url for WaitProcessResponse
         * @function getTypeUrl
         * @memberof grpc.WaitProcessResponse
         * @static
         * @param {string} [prefix] Custom type url prefix, defaults to `"type.googleapis.com"`
         * @returns {string} The type url
         */
        WaitProcessResponse.getTypeUrl = function(prefix) {
            if (prefix === $undefined)
                prefix = "type.googleapis.com";
            return prefix + "/grpc.WaitProcessResponse";
        };

        return WaitProcessResponse;
    })();

    grpc.ReadStreamRequest = (function() {

        /**
         * Properties of a ReadStreamRequest.
         * @typedef {Object} grpc.ReadStreamRequest.$Properties
         * @property {string|null} [containerId] ReadStreamRequest containerId
         * @property {string|null} [execId] ReadStreamRequest execId
         * @property {number|null} [len] ReadStreamRequest len
         * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
         */

        /**
         * Properties of a ReadStreamRequest.
         * @memberof grpc
         * @interface IReadStreamRequest
         * @augments grpc.ReadStreamRequest.$Properties
         * @deprecated Use grpc.ReadStreamRequest.$Properties instead.
         */

        /**
         * Shape of a ReadStreamRequest.
         * @typedef {grpc.ReadStreamRequest.$Properties} grpc.ReadStreamRequest.$Shape
         */

        /**
         * Constructs a new ReadStreamRequest.
         * @memberof grpc
         * @classdesc Represents a ReadStreamRequest.
         * @constructor
         * @param {grpc.ReadStreamRequest.$Properties=} [properties] Properties to set
         * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
         */
        const ReadStreamRequest = function (properties) {
            if (properties)
                for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                    if (properties[keys[i]] != null && keys[i] !== "__proto__")
                        this[keys[i]] = properties[keys[i]];
        };

        /**
         * ReadStreamRequest containerId.
         * @member {string} containerId
         * @memberof grpc.ReadStreamRequest
         * @instance
         */
        ReadStreamRequest.prototype.containerId = "";

        /**
         * ReadStreamRequest execId.
         * @member {string} execId
         * @memberof grpc.ReadStreamRequest
         * @instance
         */
        ReadStreamRequest.prototype.execId = "";

        /**
         * ReadStreamRequest len.
         * @member {number} len
         * @memberof grpc.ReadStreamRequest
         * @instance
         */
        ReadStreamRequest.prototype.len = 0;

        /**
         * Creates a new ReadStreamRequest instance using the specified properties.
         * @function create
         * @memberof grpc.ReadStreamRequest
         * @static
         * @param {grpc.ReadStreamRequest.$Properties=} [properties] Properties to set
         * @returns {grpc.ReadStreamRequest} ReadStreamRequest instance
         * @type {{
         *   (properties: grpc.ReadStreamRequest.$Shape): grpc.ReadStreamRequest & grpc.ReadStreamRequest.$Shape;
         *   (properties?: grpc.ReadStreamRequest.$Properties): grpc.ReadStreamRequest;
         * }}
         */
        ReadStreamRequest.create = function(properties) {
            return new ReadStreamRequest(properties);
        };

        /**
         * Encodes the specified ReadStreamRequest message. Does not implicitly {@link grpc.ReadStreamRequest.verify|verify} messages.
         * @function encode
         * @memberof grpc.ReadStreamRequest
         * @static
         * @param {grpc.ReadStreamRequest.$Properties} message ReadStreamRequest message or plain object to encode
         * @param {$protobuf.Writer} [writer] Writer to encode to
         * @returns {$protobuf.Writer} Writer
         */
        ReadStreamRequest.encode = function (message, writer, _depth) {
            if (!writer)
                writer = $Writer.create();
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            if (message.containerId != null && $Object.hasOwnProperty.call(message, "containerId") && message.containerId !== "")
                writer.uint32(/* id 1, wireType 2 =*/10).string(message.containerId);
            if (message.execId != null && $Object.hasOwnProperty.call(message, "execId") && message.execId !== "")
                writer.uint32(/* id 2, wireType 2 =*/18).string(message.execId);
            if (message.len != null && $Object.hasOwnProperty.call(message, "len") && message.len !== 0)
                writer.uint32(/* id 3, wireType 0 =*/24).uint32(message.len);
            if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                for (let i = 0; i < message.$unknowns.length; ++i)
                    writer.raw(message.$unknowns[i]);
            return writer;
        };

        /**
         * Decodes a ReadStreamRequest message from the specified reader or buffer.
         * @function decode
         * @memberof grpc.ReadStreamRequest
         * @static
         * @param {$protobuf.Reader|Uint8Array} reader Reader or buffer to decode from
         * @param {number} [length] Message length if known beforehand
         * @returns {grpc.ReadStreamRequest & grpc.ReadStreamRequest.$Shape} ReadStreamRequest
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        ReadStreamRequest.decode = function (reader, length, _end, _depth, _target) {
            if (!(reader instanceof $Reader))
                reader = $Reader.create(reader);
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $Reader.recursionLimit)
                throw $Error("max depth exceeded");
            let end, message, value;
            if (length === $undefined)
                end = reader.len;
            else {
                end = reader.pos + length;
                if (end > reader.len)
                    throw $RangeError("index out of range");
                length = reader.len;
                reader.len = end;
            }
            message = _target || new $root.grpc.ReadStreamRequest();
            while (reader.pos < end) {
                let start = reader.pos;
                let tag = reader.tag();
                if (tag === _end) {
                    _end = $undefined;
                    break;
                }
                let wireType = tag & 7;
                switch (tag >>>= 3) {
                case 1: {
                        if (wireType !== 2)
                            break;
                        if ((value = reader.stringVerify()).length)
                            message.containerId = value;
                        else
                            delete message.containerId;
                        continue;
                    }
                case 2: {
                        if (wireType !== 2)
                            break;
                        if ((value = reader.stringVerify()).length)
                            message.execId = value;
                        else
                            delete message.execId;
                        continue;
                    }
                case 3: {
                        if (wireType !== 0)
                            break;
                        if (value = reader.uint32())
                            message.len = value;
                        else
                            delete message.len;
                        continue;
                    }
                }
                reader.skipType(wireType, _depth, tag);
                if (!reader.discardUnknown) {
                    $util.makeProp(message, "$unknowns", false);
                    (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                }
            }
            if (length !== $undefined) {
                if (reader.pos !== end)
                    throw $RangeError("index out of range");
                reader.len = length;
            }
            if (_end !== $undefined)
                throw $Error("missing end group");
            return message;
        };

        /**
         * Gets the type url for ReadStreamRequest
         * @function getTypeUrl
         * @memberof grpc.ReadStreamRequest
         * @static
         * @param {string} [prefix] Custom type url prefix, defaults to `"type.googleapis.com"`
         * @returns {string} The type url
         */
        ReadStreamRequest.getTypeUrl = function(prefix) {
            if (prefix === $undefined)
                prefix = "type.googleapis.com";
            return prefix + "/grpc.ReadStreamRequest";
        };

        return ReadStreamRequest;
    })();

    grpc.ReadStreamResponse = (function() {

        /**
         * Properties of a ReadStreamResponse.
         * @typedef {Object} grpc.ReadStreamResponse.$Properties
         * @property {Uint8Array|null} [data] ReadStreamResponse data
         * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
         */

        /**
         * Properties of a ReadStreamResponse.
         * @memberof grpc
         * @interface IReadStreamResponse
         * @augments grpc.ReadStreamResponse.$Properties
         * @deprecated Use grpc.ReadStreamResponse.$Properties instead.
         */

        /**
         * Shape of a ReadStreamResponse.
         * @typedef {grpc.ReadStreamResponse.$Properties} grpc.ReadStreamResponse.$Shape
         */

        /**
         * Constructs a new ReadStreamResponse.
         * @memberof grpc
         * @classdesc Represents a ReadStreamResponse.
         * @constructor
         * @param {grpc.ReadStreamResponse.$Properties=} [properties] Properties to set
         * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
         */
        const ReadStreamResponse = function (properties) {
            if (properties)
                for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                    if (properties[keys[i]] != null && keys[i] !== "__proto__")
                        this[keys[i]] = properties[keys[i]];
        };

        /**
         * ReadStreamResponse data.
         * @member {Uint8Array} data
         * @memberof grpc.ReadStreamResponse
         * @instance
         */
        ReadStreamResponse.prototype.data = $util.newBuffer([]);

        /**
         * Creates a new ReadStreamResponse instance using the specified properties.
         * @function create
         * @memberof grpc.ReadStreamResponse
         * @static
         * @param {grpc.ReadStreamResponse.$Properties=} [properties] Properties to set
         * @returns {grpc.ReadStreamResponse} ReadStreamResponse instance
         * @type {{
         *   (properties: grpc.ReadStreamResponse.$Shape): grpc.ReadStreamResponse & grpc.ReadStreamResponse.$Shape;
         *   (properties?: grpc.ReadStreamResponse.$Properties): grpc.ReadStreamResponse;
         * }}
         */
        ReadStreamResponse.create = function(properties) {
            return new ReadStreamResponse(properties);
        };

        /**
         * Encodes the specified ReadStreamResponse message. Does not implicitly {@link grpc.ReadStreamResponse.verify|verify} messages.
         * @function encode
         * @memberof grpc.ReadStreamResponse
         * @static
         * @param {grpc.ReadStreamResponse.$Properties} message ReadStreamResponse message or plain object to encode
         * @param {$protobuf.Writer} [writer] Writer to encode to
         * @returns {$protobuf.Writer} Writer
         */
        ReadStreamResponse.encode = function (message, writer, _depth) {
            if (!writer)
                writer = $Writer.create();
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            if (message.data != null && $Object.hasOwnProperty.call(message, "data") && message.data.length)
                writer.uint32(/* id 1, wireType 2 =*/10).bytes(message.data);
            if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                for (let i = 0; i < message.$unknowns.length; ++i)
                    writer.raw(message.$unknowns[i]);
            return writer;
        };

        /**
         * Decodes a ReadStreamResponse message from the specified reader or buffer.
         * @function decode
         * @memberof grpc.ReadStreamResponse
         * @static
         * @param {$protobuf.Reader|Uint8Array} reader Reader or buffer to decode from
         * @param {number} [length] Message length if known beforehand
         * @returns {grpc.ReadStreamResponse & grpc.ReadStreamResponse.$Shape} ReadStreamResponse
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        ReadStreamResponse.decode = function (reader, length, _end, _depth, _target) {
            if (!(reader instanceof $Reader))
                reader = $Reader.create(reader);
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $Reader.recursionLimit)
                throw $Error("max depth exceeded");
            let end, message, value;
            if (length === $undefined)
                end = reader.len;
            else {
                end = reader.pos + length;
                if (end > reader.len)
                    throw $RangeError("index out of range");
                length = reader.len;
                reader.len = end;
            }
            message = _target || new $root.grpc.ReadStreamResponse();
            while (reader.pos < end) {
                let start = reader.pos;
                let tag = reader.tag();
                if (tag === _end) {
                    _end = $undefined;
                    break;
                }
                let wireType = tag & 7;
                switch (tag >>>= 3) {
                case 1: {
                        if (wireType !== 2)
                            break;
                        if ((value = reader.bytes()).length)
                            message.data = value;
                        else
                            delete message.data;
                        continue;
                    }
                }
                reader.skipType(wireType, _depth, tag);
                if (!reader.discardUnknown) {
                    $util.makeProp(message, "$unknowns", false);
                    (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                }
            }
            if (length !== $undefined) {
                if (reader.pos !== end)
                    throw $RangeError("index out of range");
                reader.len = length;
            }
            if (_end !== $undefined)
                throw $Error("missing end group");
            return message;
        };

        /**
         * Gets the type url for ReadStreamResponse
         * @function getTypeUrl
         * @memberof grpc.ReadStreamResponse
         * @static
         * @param {string} [prefix] Custom type url prefix, defaults to `"type.googleapis.com"`
         * @returns {string} The type url
         */
        ReadStreamResponse.getTypeUrl = function(prefix) {
            if (prefix === $undefined)
                prefix = "type.googleapis.com";
            return prefix + "/grpc.ReadStreamResponse";
        };

        return ReadStreamResponse;
    })();

    grpc.WriteStreamRequest = (function() {

        /**
         * Properties of a WriteStreamRequest.
         * @typedef {Object} grpc.WriteStreamRequest.$Properties
         * @property {string|null} [containerId] WriteStreamRequest containerId
         * @property {string|null} [execId] WriteStreamRequest execId
         * @property {Uint8Array|null} [data] WriteStreamRequest data
         * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
         */

        /**
         * Properties of a WriteStreamRequest.
         * @memberof grpc
         * @interface IWriteStreamRequest
         * @augments grpc.WriteStreamRequest.$Properties
         * @deprecated Use grpc.WriteStreamRequest.$Properties instead.
         */

        /**
         * Shape of a WriteStreamRequest.
         * @typedef {grpc.WriteStreamRequest.$Properties} grpc.WriteStreamRequest.$Shape
         */

        /**
         * Constructs a new WriteStreamRequest.
         * @memberof grpc
         * @classdesc Represents a WriteStreamRequest.
         * @constructor
         * @param {grpc.WriteStreamRequest.$Properties=} [properties] Properties to set
         * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
         */
        const WriteStreamRequest = function (properties) {
            if (properties)
                for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                    if (properties[keys[i]] != null && keys[i] !== "__proto__")
                        this[keys[i]] = properties[keys[i]];
        };

        /**
         * WriteStreamRequest containerId.
         * @member {string} containerId
         * @memberof grpc.WriteStreamRequest
         * @instance
         */
        WriteStreamRequest.prototype.containerId = "";

        /**
         * WriteStreamRequest execId.
         * @member {string} execId
         * @memberof grpc.WriteStreamRequest
         * @instance
         */
        WriteStreamRequest.prototype.execId = "";

        /**
         * WriteStreamRequest data.
         * @member {Uint8Array} data
         * @memberof grpc.WriteStreamRequest
         * @instance
         */
        WriteStreamRequest.prototype.data = $util.newBuffer([]);

        /**
         * Creates a new WriteStreamRequest instance using the specified properties.
         * @function create
         * @memberof grpc.WriteStreamRequest
         * @static
         * @param {grpc.WriteStreamRequest.$Properties=} [properties] Properties to set
         * @returns {grpc.WriteStreamRequest} WriteStreamRequest instance
         * @type {{
         *   (properties: grpc.WriteStreamRequest.$Shape): grpc.WriteStreamRequest & grpc.WriteStreamRequest.$Shape;
         *   (properties?: grpc.WriteStreamRequest.$Properties): grpc.WriteStreamRequest;
         * }}
         */
        WriteStreamRequest.create = function(properties) {
            return new WriteStreamRequest(properties);
        };

        /**
         * Encodes the specified WriteStreamRequest message. Does not implicitly {@link grpc.WriteStreamRequest.verify|verify} messages.
         * @function encode
         * @memberof grpc.WriteStreamRequest
         * @static
         * @param {grpc.WriteStreamRequest.$Properties} message WriteStreamRequest message or plain object to encode
         * @param {$protobuf.Writer} [writer] Writer to encode to
         * @returns {$protobuf.Writer} Writer
         */
        WriteStreamRequest.encode = function (message, writer, _depth) {
            if (!writer)
                writer = $Writer.create();
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            if (message.containerId != null && $Object.hasOwnProperty.call(message, "containerId") && message.containerId !== "")
                writer.uint32(/* id 1, wireType 2 =*/10).string(message.containerId);
            if (message.execId != null && $Object.hasOwnProperty.call(message, "execId") && message.execId !== "")
                writer.uint32(/* id 2, wireType 2 =*/18).string(message.execId);
            if (message.data != null && $Object.hasOwnProperty.call(message, "data") && message.data.length)
                writer.uint32(/* id 3, wireType 2 =*/26).bytes(message.data);
            if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                for (let i = 0; i < message.$unknowns.length; ++i)
                    writer.raw(message.$unknowns[i]);
            return writer;
        };

        /**
         * Decodes a WriteStreamRequest message from the specified reader or buffer.
         * @function decode
         * @memberof grpc.WriteStreamRequest
         * @static
         * @param {$protobuf.Reader|Uint8Array} reader Reader or buffer to decode from
         * @param {number} [length] Message length if known beforehand
         * @returns {grpc.WriteStreamRequest & grpc.WriteStreamRequest.$Shape} WriteStreamRequest
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        WriteStreamRequest.decode = function (reader, length, _end, _depth, _target) {
            if (!(reader instanceof $Reader))
                reader = $Reader.create(reader);
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $Reader.recursionLimit)
                throw $Error("max depth exceeded");
            let end, message, value;
            if (length === $undefined)
                end = reader.len;
            else {
                end = reader.pos + length;
                if (end > reader.len)
                    throw $RangeError("index out of range");
                length = reader.len;
                reader.len = end;
            }
            message = _target || new $root.grpc.WriteStreamRequest();
            while (reader.pos < end) {
                let start = reader.pos;
                let tag = reader.tag();
                if (tag === _end) {
                    _end = $undefined;
                    break;
                }
                let wireType = tag & 7;
                switch (tag >>>= 3) {
                case 1: {
                        if (wireType !== 2)
                            break;
                        if ((value = reader.stringVerify()).length)
                            message.containerId = value;
                        else
                            delete message.containerId;
                        continue;
                    }
                case 2: {
                        if (wireType !== 2)
                            break;
                        if ((value = reader.stringVerify()).length)
                            message.execId = value;
                        else
                            delete message.execId;
                        continue;
                    }
                case 3: {
                        if (wireType !== 2)
                            break;
                        if ((value = reader.bytes()).length)
                            message.data = value;
                        else
                            delete message.data;
                        continue;
                    }
                }
                reader.skipType(wireType, _depth, tag);
                if (!reader.discardUnknown) {
                    $util.makeProp(message, "$unknowns", false);
                    (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                }
            }
            if (length !== $undefined) {
                if (reader.pos !== end)
                    throw $RangeError("index out of range");
                reader.len = length;
            }
            if (_end !== $undefined)
                throw $Error("missing end group");
            return message;
        };

        /**
         * Gets the type url for WriteStreamRequest
         * @function getTypeUrl
         * @memberof grpc.WriteStreamRequest
         * @static
         * @param {string} [prefix] Custom type url prefix, defaults to `"type.googleapis.com"`
         * @returns {string} The type url
         */
        WriteStreamRequest.getTypeUrl = function(prefix) {
            if (prefix === $undefined)
                prefix = "type.googleapis.com";
            return prefix + "/grpc.WriteStreamRequest";
        };

        return WriteStreamRequest;
    })();

    grpc.WriteStreamResponse = (function() {

        /**
         * Properties of a WriteStreamResponse.
         * @typedef {Object} grpc.WriteStreamResponse.$Properties
         * @property {number|null} [len] WriteStreamResponse len
         * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
         */

        /**
         * Properties of a WriteStreamResponse.
         * @memberof grpc
         * @interface IWriteStreamResponse
         * @augments grpc.WriteStreamResponse.$Properties
         * @deprecated Use grpc.WriteStreamResponse.$Properties instead.
         */

        /**
         * Shape of a WriteStreamResponse.
         * @typedef {grpc.WriteStreamResponse.$Properties} grpc.WriteStreamResponse.$Shape
         */

        /**
         * Constructs a new WriteStreamResponse.
         * @memberof grpc
         * @classdesc Represents a WriteStreamResponse.
         * @constructor
         * @param {grpc.WriteStreamResponse.$Properties=} [properties] Properties to set
         * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
         */
        const WriteStreamResponse = function (properties) {
            if (properties)
                for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                    if (properties[keys[i]] != null && keys[i] !== "__proto__")
                        this[keys[i]] = properties[keys[i]];
        };

        /**
         * WriteStreamResponse len.
         * @member {number} len
         * @memberof grpc.WriteStreamResponse
         * @instance
         */
        WriteStreamResponse.prototype.len = 0;

        /**
         * Creates a new WriteStreamResponse instance using the specified properties.
         * @function create
         * @memberof grpc.WriteStreamResponse
         * @static
         * @param {grpc.WriteStreamResponse.$Properties=} [properties] Properties to set
         * @returns {grpc.WriteStreamResponse} WriteStreamResponse instance
         * @type {{
         *   (properties: grpc.WriteStreamResponse.$Shape): grpc.WriteStreamResponse & grpc.WriteStreamResponse.$Shape;
         *   (properties?: grpc.WriteStreamResponse.$Properties): grpc.WriteStreamResponse;
         * }}
         */
        WriteStreamResponse.create = function(properties) {
            return new WriteStreamResponse(properties);
        };

        /**
         * Encodes the specified WriteStreamResponse message. Does not implicitly {@link grpc.WriteStreamResponse.verify|verify} messages.
         * @function encode
         * @memberof grpc.WriteStreamResponse
         * @static
         * @param {grpc.WriteStreamResponse.$Properties} message WriteStreamResponse message or plain object to encode
         * @param {$protobuf.Writer} [writer] Writer to encode to
         * @returns {$protobuf.Writer} Writer
         */
        WriteStreamResponse.encode = function (message, writer, _depth) {
            if (!writer)
                writer = $Writer.create();
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            if (message.len != null && $Object.hasOwnProperty.call(message, "len") && message.len !== 0)
                writer.uint32(/* id 1, wireType 0 =*/8).uint32(message.len);
            if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                for (let i = 0; i < message.$unknowns.length; ++i)
                    writer.raw(message.$unknowns[i]);
            return writer;
        };

        /**
         * Decodes a WriteStreamResponse message from the specified reader or buffer.
         * @function decode
         * @memberof grpc.WriteStreamResponse
         * @static
         * @param {$protobuf.Reader|Uint8Array} reader Reader or buffer to decode from
         * @param {number} [length] Message length if known beforehand
         * @returns {grpc.WriteStreamResponse & grpc.WriteStreamResponse.$Shape} WriteStreamResponse
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        WriteStreamResponse.decode = function (reader, length, _end, _depth, _target) {
            if (!(reader instanceof $Reader))
                reader = $Reader.create(reader);
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $Reader.recursionLimit)
                throw $Error("max depth exceeded");
            let end, message, value;
            if (length === $undefined)
                end = reader.len;
            else {
                end = reader.pos + length;
                if (end > reader.len)
                    throw $RangeError("index out of range");
                length = reader.len;
                reader.len = end;
            }
            message = _target || new $root.grpc.WriteStreamResponse();
            while (reader.pos < end) {
                let start = reader.pos;
                let tag = reader.tag();
                if (tag === _end) {
                    _end = $undefined;
                    break;
                }
                let wireType = tag & 7;
                switch (tag >>>= 3) {
                case 1: {
                        if (wireType !== 0)
                            break;
                        if (value = reader.uint32())
                            message.len = value;
                        else
                            delete message.len;
                        continue;
                    }
                }
                reader.skipType(wireType, _depth, tag);
                if (!reader.discardUnknown) {
                    $util.makeProp(message, "$unknowns", false);
                    (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                }
            }
            if (length !== $undefined) {
                if (reader.pos !== end)
                    throw $RangeError("index out of range");
                reader.len = length;
            }
            if (_end !== $undefined)
                throw $Error("missing end group");
            return message;
        };

        /**
         * Gets the type url for WriteStreamResponse
         * @function getTypeUrl
         * @memberof grpc.WriteStreamResponse
         * @static
         * @param {string} [prefix] Custom type url prefix, defaults to `"type.googleapis.com"`
         * @returns {string} The type url
         */
        WriteStreamResponse.getTypeUrl = function(prefix) {
            if (prefix === $undefined)
                prefix = "type.googleapis.com";
            return prefix + "/grpc.WriteStreamResponse";
        };

        return WriteStreamResponse;
    })();

    grpc.CloseStdinRequest = (function() {

        /**
         * Properties of a CloseStdinRequest.
         * @typedef {Object} grpc.CloseStdinRequest.$Properties
         * @property {string|null} [containerId] CloseStdinRequest containerId
         * @property {string|null} [execId] CloseStdinRequest execId
         * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
         */

        /**
         * Properties of a CloseStdinRequest.
         * @memberof grpc
         * @interface ICloseStdinRequest
         * @augments grpc.CloseStdinRequest.$Properties
         * @deprecated Use grpc.CloseStdinRequest.$Properties instead.
         */

        /**
         * Shape of a CloseStdinRequest.
         * @typedef {grpc.CloseStdinRequest.$Properties} grpc.CloseStdinRequest.$Shape
         */

        /**
         * Constructs a new CloseStdinRequest.
         * @memberof grpc
         * @classdesc Represents a CloseStdinRequest.
         * @constructor
         * @param {grpc.CloseStdinRequest.$Properties=} [properties] Properties to set
         * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
         */
        const CloseStdinRequest = function (properties) {
            if (properties)
                for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                    if (properties[keys[i]] != null && keys[i] !== "__proto__")
                        this[keys[i]] = properties[keys[i]];
        };

        /**
         * CloseStdinRequest containerId.
         * @member {string} containerId
         * @memberof grpc.CloseStdinRequest
         * @instance
         */
        CloseStdinRequest.prototype.containerId = "";

        /**
         * CloseStdinRequest execId.
         * @member {string} execId
         * @memberof grpc.CloseStdinRequest
         * @instance
         */
        CloseStdinRequest.prototype.execId = "";

        /**
         * Creates a new CloseStdinRequest instance using the specified properties.
         * @function create
         * @memberof grpc.CloseStdinRequest
         * @static
         * @param {grpc.CloseStdinRequest.$Properties=} [properties] Properties to set
         * @returns {grpc.CloseStdinRequest} CloseStdinRequest instance
         * @type {{
         *   (properties: grpc.CloseStdinRequest.$Shape): grpc.CloseStdinRequest & grpc.CloseStdinRequest.$Shape;
         *   (properties?: grpc.CloseStdinRequest.$Properties): grpc.CloseStdinRequest;
         * }}
         */
        CloseStdinRequest.create = function(properties) {
            return new CloseStdinRequest(properties);
        };

        /**
         * Encodes the specified CloseStdinRequest message. Does not implicitly {@link grpc.CloseStdinRequest.verify|verify} messages.
         * @function encode
         * @memberof grpc.CloseStdinRequest
         * @static
         * @param {grpc.CloseStdinRequest.$Properties} message CloseStdinRequest message or plain object to encode
         * @param {$protobuf.Writer} [writer] Writer to encode to
         * @returns {$protobuf.Writer} Writer
         */
        CloseStdinRequest.encode = function (message, writer, _depth) {
            if (!writer)
                writer = $Writer.create();
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            if (message.containerId != null && $Object.hasOwnProperty.call(message, "containerId") && message.containerId !== "")
                writer.uint32(/* id 1, wireType 2 =*/10).string(message.containerId);
            if (message.execId != null && $Object.hasOwnProperty.call(message, "execId") && message.execId !== "")
                writer.uint32(/* id 2, wireType 2 =*/18).string(message.execId);
            if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                for (let i = 0; i < message.$unknowns.length; ++i)
                    writer.raw(message.$unknowns[i]);
            return writer;
        };

        /**
         * Decodes a CloseStdinRequest message from the specified reader or buffer.
         * @function decode
         * @memberof grpc.CloseStdinRequest
         * @static
         * @param {$protobuf.Reader|Uint8Array} reader Reader or buffer to decode from
         * @param {number} [length] Message length if known beforehand
         * @returns {grpc.CloseStdinRequest & grpc.CloseStdinRequest.$Shape} CloseStdinRequest
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        CloseStdinRequest.decode = function (reader, length, _end, _depth, _target) {
            if (!(reader instanceof $Reader))
                reader = $Reader.create(reader);
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $Reader.recursionLimit)
                throw $Error("max depth exceeded");
            let end, message, value;
            if (length === $undefined)
                end = reader.len;
            else {
                end = reader.pos + length;
                if (end > reader.len)
                    throw $RangeError("index out of range");
                length = reader.len;
                reader.len = end;
            }
            message = _target || new $root.grpc.CloseStdinRequest();
            while (reader.pos < end) {
                let start = reader.pos;
                let tag = reader.tag();
                if (tag === _end) {
                    _end = $undefined;
                    break;
                }
                let wireType = tag & 7;
                switch (tag >>>= 3) {
                case 1: {
                        if (wireType !== 2)
                            break;
                        if ((value = reader.stringVerify()).length)
                            message.containerId = value;
                        else
                            delete message.containerId;
                        continue;
                    }
                case 2: {
                        if (wireType !== 2)
                            break;
                        if ((value = reader.stringVerify()).length)
                            message.execId = value;
                        else
                            delete message.execId;
                        continue;
                    }
                }
                reader.skipType(wireType, _depth, tag);
                if (!reader.discardUnknown) {
                    $util.makeProp(message, "$unknowns", false);
                    (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                }
            }
            if (length !== $undefined) {
                if (reader.pos !== end)
                    throw $RangeError("index out of range");
                reader.len = length;
            }
            if (_end !== $undefined)
                throw $Error("missing end group");
            return message;
        };

        /**
         * Gets the type url for CloseStdinRequest
         * @function getTypeUrl
         * @memberof grpc.CloseStdinRequest
         * @static
         * @param {string} [prefix] Custom type url prefix, defaults to `"type.googleapis.com"`
         * @returns {string} The type url
         */
        CloseStdinRequest.getTypeUrl = function(prefix) {
            if (prefix === $undefined)
                prefix = "type.googleapis.com";
            return prefix + "/grpc.CloseStdinRequest";
        };

        return CloseStdinRequest;
    })();

    grpc.TtyWinResizeRequest = (function() {

        /**
         * Properties of a TtyWinResizeRequest.
         * @typedef {Object} grpc.TtyWinResizeRequest.$Properties
         * @property {string|null} [containerId] TtyWinResizeRequest containerId
         * @property {string|null} [execId] TtyWinResizeRequest execId
         * @property {number|null} [row] TtyWinResizeRequest row
         * @property {number|null} [column] TtyWinResizeRequest column
         * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
         */

        /**
         * Properties of a TtyWinResizeRequest.
         * @memberof grpc
         * @interface ITtyWinResizeRequest
         * @augments grpc.TtyWinResizeRequest.$Properties
         * @deprecated Use grpc.TtyWinResizeRequest.$Properties instead.
         */

        /**
         * Shape of a TtyWinResizeRequest.
         * @typedef {grpc.TtyWinResizeRequest.$Properties} grpc.TtyWinResizeRequest.$Shape
         */

        /**
         * Constructs a new TtyWinResizeRequest.
         * @memberof grpc
         * @classdesc Represents a TtyWinResizeRequest.
         * @constructor
         * @param {grpc.TtyWinResizeRequest.$Properties=} [properties] Properties to set
         * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
         */
        const TtyWinResizeRequest = function (properties) {
            if (properties)
                for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                    if (properties[keys[i]] != null && keys[i] !== "__proto__")
                        this[keys[i]] = properties[keys[i]];
        };

        /**
         * TtyWinResizeRequest containerId.
         * @member {string} containerId
         * @memberof grpc.TtyWinResizeRequest
         * @instance
         */
        TtyWinResizeRequest.prototype.containerId = "";

        /**
         * TtyWinResizeRequest execId.
         * @member {string} execId
         * @memberof grpc.TtyWinResizeRequest
         * @instance
         */
        TtyWinResizeRequest.prototype.execId = "";

        /**
         * TtyWinResizeRequest row.
         * @member {number} row
         * @memberof grpc.TtyWinResizeRequest
         * @instance
         */
        TtyWinResizeRequest.prototype.row = 0;

        /**
         * TtyWinResizeRequest column.
         * @member {number} column
         * @memberof grpc.TtyWinResizeRequest
         * @instance
         */
        TtyWinResizeRequest.prototype.column = 0;

        /**
         * Creates a new TtyWinResizeRequest instance using the specified properties.
         * @function create
         * @memberof grpc.TtyWinResizeRequest
         * @static
         * @param {grpc.TtyWinResizeRequest.$Properties=} [properties] Properties to set
         * @returns {grpc.TtyWinResizeRequest} TtyWinResizeRequest instance
         * @type {{
         *   (properties: grpc.TtyWinResizeRequest.$Shape): grpc.TtyWinResizeRequest & grpc.TtyWinResizeRequest.$Shape;
         *   (properties?: grpc.TtyWinResizeRequest.$Properties): grpc.TtyWinResizeRequest;
         * }}
         */
        TtyWinResizeRequest.create = function(properties) {
            return new TtyWinResizeRequest(properties);
        };

        /**
         * Encodes the specified TtyWinResizeRequest message. Does not implicitly {@link grpc.TtyWinResizeRequest.verify|verify} messages.
         * @function encode
         * @memberof grpc.TtyWinResizeRequest
         * @static
         * @param {grpc.TtyWinResizeRequest.$Properties} message TtyWinResizeRequest message or plain object to encode
         * @param {$protobuf.Writer} [writer] Writer to encode to
         * @returns {$protobuf.Writer} Writer
         */
        TtyWinResizeRequest.encode = function (message, writer, _depth) {
            if (!writer)
                writer = $Writer.create();
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            if (message.containerId != null && $Object.hasOwnProperty.call(message, "containerId") && message.containerId !== "")
                writer.uint32(/* id 1, wireType 2 =*/10).string(message.containerId);
            if (message.execId != null && $Object.hasOwnProperty.call(message, "execId") && message.execId !== "")
                writer.uint32(/* id 2, wireType 2 =*/18).string(message.execId);
            if (message.row != null && $Object.hasOwnProperty.call(message, "row") && message.row !== 0)
                writer.uint32(/* id 3, wireType 0 =*/24).uint32(message.row);
            if (message.column != null && $Object.hasOwnProperty.call(message, "column") && message.column !== 0)
                writer.uint32(/* id 4, wireType 0 =*/32).uint32(message.column);
            if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                for (let i = 0; i < message.$unknowns.length; ++i)
                    writer.raw(message.$unknowns[i]);
            return writer;
        };

        /**
         * Decodes a TtyWinResizeRequest message from the specified reader or buffer.
         * @function decode
         * @memberof grpc.TtyWinResizeRequest
         * @static
         * @param {$protobuf.Reader|Uint8Array} reader Reader or buffer to decode from
         * @param {number} [length] Message length if known beforehand
         * @returns {grpc.TtyWinResizeRequest & grpc.TtyWinResizeRequest.$Shape} TtyWinResizeRequest
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        TtyWinResizeRequest.decode = function (reader, length, _end, _depth, _target) {
            if (!(reader instanceof $Reader))
                reader = $Reader.create(reader);
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $Reader.recursionLimit)
                throw $Error("max depth exceeded");
            let end, message, value;
            if (length === $undefined)
                end = reader.len;
            else {
                end = reader.pos + length;
                if (end > reader.len)
                    throw $RangeError("index out of range");
                length = reader.len;
                reader.len = end;
            }
            message = _target || new $root.grpc.TtyWinResizeRequest();
            while (reader.pos < end) {
                let start = reader.pos;
                let tag = reader.tag();
                if (tag === _end) {
                    _end = $undefined;
                    break;
                }
                let wireType = tag & 7;
                switch (tag >>>= 3) {
                case 1: {
                        if (wireType !== 2)
                            break;
                        if ((value = reader.stringVerify()).length)
                            message.containerId = value;
                        else
                            delete message.containerId;
                        continue;
                    }
                case 2: {
                        if (wireType !== 2)
                            break;
                        if ((value = reader.stringVerify()).length)
                            message.execId = value;
                        else
                            delete message.execId;
                        continue;
                    }
                case 3: {
                        if (wireType !== 0)
                            break;
                        if (value = reader.uint32())
                            message.row = value;
                        else
                            delete message.row;
                        continue;
                    }
                case 4: {
                        if (wireType !== 0)
                            break;
                        if (value = reader.uint32())
                            message.column = value;
                        else
                            delete message.column;
                        continue;
                    }
                }
                reader.skipType(wireType, _depth, tag);
                if (!reader.discardUnknown) {
                    $util.makeProp(message, "$unknowns", false);
                    (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                }
            }
            if (length !== $undefined) {
                if (reader.pos !== end)
                    throw $RangeError("index out of range");
                reader.len = length;
            }
            if (_end !== $undefined)
                throw $Error("missing end group");
            return message;
        };

        /**
         * Gets the type url for TtyWinResizeRequest
         * @function getTypeUrl
         * @memberof grpc.TtyWinResizeRequest
         * @static
         * @param {string} [prefix] Custom type url prefix, defaults to `"type.googleapis.com"`
         * @returns {string} The type url
         */
        TtyWinResizeRequest.getTypeUrl = function(prefix) {
            if (prefix === $undefined)
                prefix = "type.googleapis.com";
            return prefix + "/grpc.TtyWinResizeRequest";
        };

        return TtyWinResizeRequest;
    })();

    grpc.CreateSandboxRequest = (function() {

        /**
         * Properties of a CreateSandboxRequest.
         * @typedef {Object} grpc.CreateSandboxRequest.$Properties
         * @property {string|null} [hostname] CreateSandboxRequest hostname
         * @property {Array.<string>|null} [dns] CreateSandboxRequest dns
         * @property {Array.<grpc.Storage.$Properties>|null} [storages] CreateSandboxRequest storages
         * @property {boolean|null} [sandboxPidns] CreateSandboxRequest sandboxPidns
         * @property {string|null} [sandboxId] CreateSandboxRequest sandboxId
         * @property {string|null} [guestHookPath] CreateSandboxRequest guestHookPath
         * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
         */

        /**
         * Properties of a CreateSandboxRequest.
         * @memberof grpc
         * @interface ICreateSandboxRequest
         * @augments grpc.CreateSandboxRequest.$Properties
         * @deprecated Use grpc.CreateSandboxRequest.$Properties instead.
         */

        /**
         * Shape of a CreateSandboxRequest.
         * @typedef {grpc.CreateSandboxRequest.$Properties} grpc.CreateSandboxRequest.$Shape
         */

        /**
         * Constructs a new CreateSandboxRequest.
         * @memberof grpc
         * @classdesc Represents a CreateSandboxRequest.
         * @constructor
         * @param {grpc.CreateSandboxRequest.$Properties=} [properties] Properties to set
         * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
         */
        const CreateSandboxRequest = function (properties) {
            this.dns = [];
            this.storages = [];
            if (properties)
                for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                    if (properties[keys[i]] != null && keys[i] !== "__proto__")
                        this[keys[i]] = properties[keys[i]];
        };

        /**
         * CreateSandboxRequest hostname.
         * @member {string} hostname
         * @memberof grpc.CreateSandboxRequest
         * @instance
         */
        CreateSandboxRequest.prototype.hostname = "";

        /**
         * CreateSandboxRequest dns.
         * @member {Array.<string>} dns
         * @memberof grpc.CreateSandboxRequest
         * @instance
         */
        CreateSandboxRequest.prototype.dns = $util.emptyArray;

        /**
         * CreateSandboxRequest storages.
         * @member {Array.<grpc.Storage.$Properties>} storages
         * @memberof grpc.CreateSandboxRequest
         * @instance
         */
        CreateSandboxRequest.prototype.storages = $util.emptyArray;

        /**
         * CreateSandboxRequest sandboxPidns.
         * @member {boolean} sandboxPidns
         * @memberof grpc.CreateSandboxRequest
         * @instance
         */
        CreateSandboxRequest.prototype.sandboxPidns = false;

        /**
         * CreateSandboxRequest sandboxId.
         * @member {string} sandboxId
         * @memberof grpc.CreateSandboxRequest
         * @instance
         */
        CreateSandboxRequest.prototype.sandboxId = "";

        /**
         * CreateSandboxRequest guestHookPath.
         * @member {string} guestHookPath
         * @memberof grpc.CreateSandboxRequest
         * @instance
         */
        CreateSandboxRequest.prototype.guestHookPath = "";

        /**
         * Creates a new CreateSandboxRequest instance using the specified properties.
         * @function create
         * @memberof grpc.CreateSandboxRequest
         * @static
         * @param {grpc.CreateSandboxRequest.$Properties=} [properties] Properties to set
         * @returns {grpc.CreateSandboxRequest} CreateSandboxRequest instance
         * @type {{
         *   (properties: grpc.CreateSandboxRequest.$Shape): grpc.CreateSandboxRequest & grpc.CreateSandboxRequest.$Shape;
         *   (properties?: grpc.CreateSandboxRequest.$Properties): grpc.CreateSandboxRequest;
         * }}
         */
        CreateSandboxRequest.create = function(properties) {
            return new CreateSandboxRequest(properties);
        };

        /**
         * Encodes the specified CreateSandboxRequest message. Does not implicitly {@link grpc.CreateSandboxRequest.verify|verify} messages.
         * @function encode
         * @memberof grpc.CreateSandboxRequest
         * @static
         * @param {grpc.CreateSandboxRequest.$Properties} message CreateSandboxRequest message or plain object to encode
         * @param {$protobuf.Writer} [writer] Writer to encode to
         * @returns {$protobuf.Writer} Writer
         */
        CreateSandboxRequest.encode = function (message, writer, _depth) {
            if (!writer)
                writer = $Writer.create();
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            if (message.hostname != null && $Object.hasOwnProperty.call(message, "hostname") && message.hostname !== "")
                writer.uint32(/* id 1, wireType 2 =*/10).string(message.hostname);
            if (message.dns != null && message.dns.length)
                for (let i = 0; i < message.dns.length; ++i)
                    writer.uint32(/* id 2, wireType 2 =*/18).string(message.dns[i]);
            if (message.storages != null && message.storages.length)
                for (let i = 0; i < message.storages.length; ++i)
                    $root.grpc.Storage.encode(message.storages[i], writer.uint32(/* id 3, wireType 2 =*/26).fork(), _depth + 1).ldelim();
            if (message.sandboxPidns != null && $Object.hasOwnProperty.call(message, "sandboxPidns") && message.sandboxPidns !== false)
                writer.uint32(/* id 4, wireType 0 =*/32).bool(message.sandboxPidns);
            if (message.sandboxId != null && $Object.hasOwnProperty.call(message, "sandboxId") && message.sandboxId !== "")
                writer.uint32(/* id 5, wireType 2 =*/42).string(message.sandboxId);
            if (message.guestHookPath != null && $Object.hasOwnProperty.call(message, "guestHookPath") && message.guestHookPath !== "")
                writer.uint32(/* id 6, wireType 2 =*/50).string(message.guestHookPath);
            if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                for (let i = 0; i < message.$unknowns.length; ++i)
                    writer.raw(message.$unknowns[i]);
            return writer;
        };

        /**
         * Decodes a CreateSandboxRequest message from the specified reader or buffer.
         * @function decode
         * @memberof grpc.CreateSandboxRequest
         * @static
         * @param {$protobuf.Reader|Uint8Array} reader Reader or buffer to decode from
         * @param {number} [length] Message length if known beforehand
         * @returns {grpc.CreateSandboxRequest & grpc.CreateSandboxRequest.$Shape} CreateSandboxRequest
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        CreateSandboxRequest.decode = function (reader, length, _end, _depth, _target) {
            if (!(reader instanceof $Reader))
                reader = $Reader.create(reader);
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $Reader.recursionLimit)
                throw $Error("max depth exceeded");
            let end, message, value;
            if (length === $undefined)
                end = reader.len;
            else {
                end = reader.pos + length;
                if (end > reader.len)
                    throw $RangeError("index out of range");
                length = reader.len;
                reader.len = end;
            }
            message = _target || new $root.grpc.CreateSandboxRequest();
            while (reader.pos < end) {
                let start = reader.pos;
                let tag = reader.tag();
                if (tag === _end) {
                    _end = $undefined;
                    break;
                }
                let wireType = tag & 7;
                switch (tag >>>= 3) {
                case 1: {
                        if (wireType !== 2)
                            break;
                        if ((value = reader.stringVerify()).length)
                            message.hostname = value;
                        else
                            delete message.hostname;
                        continue;
                    }
                case 2: {
                        if (wireType !== 2)
                            break;
                        if (!(message.dns && message.dns.length))
                            message.dns = [];
                        message.dns.push(reader.stringVerify());
                        continue;
                    }
                case 3: {
                        if (wireType !== 2)
                            break;
                        if (!(message.storages && message.storages.length))
                            message.storages = [];
                        message.storages.push($root.grpc.Storage.decode(reader, reader.size(), $undefined, _depth + 1));
                        continue;
                    }
                case 4: {
                        if (wireType !== 0)
                            break;
                        if (value = reader.bool())
                            message.sandboxPidns = value;
                        else
                            delete message.sandboxPidns;
                        continue;
                    }
                case 5: {
                        if (wireType !== 2)
                            break;
                        if ((value = reader.stringVerify()).length)
                            message.sandboxId = value;
                        else
                            delete message.sandboxId;
                        continue;
                    }
                case 6: {
                        if (wireType !== 2)
                            break;
                        if ((value = reader.stringVerify()).length)
                            message.guestHookPath = value;
                        else
                            delete message.guestHookPath;
                        continue;
                    }
                }
                reader.skipType(wireType, _depth, tag);
                if (!reader.discardUnknown) {
                    $util.makeProp(message, "$unknowns", false);
                    (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                }
            }
            if (length !== $undefined) {
                if (reader.pos !== end)
                    throw $RangeError("index out of range");
                reader.len = length;
            }
            if (_end !== $undefined)
                throw $Error("missing end group");
            return message;
        };

        /**
         * Gets the type url for CreateSandboxRequest
         * @function getTypeUrl
         * @memberof grpc.CreateSandboxRequest
         * @static
         * @param {string} [prefix] Custom type url prefix, defaults to `"type.googleapis.com"`
         * @returns {string} The type url
         */
        CreateSandboxRequest.getTypeUrl = function(prefix) {
            if (prefix === $undefined)
                prefix = "type.googleapis.com";
            return prefix + "/grpc.CreateSandboxRequest";
        };

        return CreateSandboxRequest;
    })();

    grpc.DestroySandboxRequest = (function() {

        /**
         * Properties of a DestroySandboxRequest.
         * @typedef {Object} grpc.DestroySandboxRequest.$Properties
         * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
         */

        /**
         * Properties of a DestroySandboxRequest.
         * @memberof grpc
         * @interface IDestroySandboxRequest
         * @augments grpc.DestroySandboxRequest.$Properties
         * @deprecated Use grpc.DestroySandboxRequest.$Properties instead.
         */

        /**
         * Shape of a DestroySandboxRequest.
         * @typedef {grpc.DestroySandboxRequest.$Properties} grpc.DestroySandboxRequest.$Shape
         */

        /**
         * Constructs a new DestroySandboxRequest.
         * @memberof grpc
         * @classdesc Represents a DestroySandboxRequest.
         * @constructor
         * @param {grpc.DestroySandboxRequest.$Properties=} [properties] Properties to set
         * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
         */
        const DestroySandboxRequest = function (properties) {
            if (properties)
                for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                    if (properties[keys[i]] != null && keys[i] !== "__proto__")
                        this[keys[i]] = properties[keys[i]];
        };

        /**
         * Creates a new DestroySandboxRequest instance using the specified properties.
         * @function create
         * @memberof grpc.DestroySandboxRequest
         * @static
         * @param {grpc.DestroySandboxRequest.$Properties=} [properties] Properties to set
         * @returns {grpc.DestroySandboxRequest} DestroySandboxRequest instance
         * @type {{
         *   (properties: grpc.DestroySandboxRequest.$Shape): grpc.DestroySandboxRequest & grpc.DestroySandboxRequest.$Shape;
         *   (properties?: grpc.DestroySandboxRequest.$Properties): grpc.DestroySandboxRequest;
         * }}
         */
        DestroySandboxRequest.create = function(properties) {
            return new DestroySandboxRequest(properties);
        };

        /**
         * Encodes the specified DestroySandboxRequest message. Does not implicitly {@link grpc.DestroySandboxRequest.verify|verify} messages.
         * @function encode
         * @memberof grpc.DestroySandboxRequest
         * @static
         * @param {grpc.DestroySandboxRequest.$Properties} message DestroySandboxRequest message or plain object to encode
         * @param {$protobuf.Writer} [writer] Writer to encode to
         * @returns {$protobuf.Writer} Writer
         */
        DestroySandboxRequest.encode = function (message, writer, _depth) {
            if (!writer)
                writer = $Writer.create();
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                for (let i = 0; i < message.$unknowns.length; ++i)
                    writer.raw(message.$unknowns[i]);
            return writer;
        };

        /**
         * Decodes a DestroySandboxRequest message from the specified reader or buffer.
         * @function decode
         * @memberof grpc.DestroySandboxRequest
         * @static
         * @param {$protobuf.Reader|Uint8Array} reader Reader or buffer to decode from
         * @param {number} [length] Message length if known beforehand
         * @returns {grpc.DestroySandboxRequest & grpc.DestroySandboxRequest.$Shape} DestroySandboxRequest
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        DestroySandboxRequest.decode = function (reader, length, _end, _depth, _target) {
            if (!(reader instanceof $Reader))
                reader = $Reader.create(reader);
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $Reader.recursionLimit)
                throw $Error("max depth exceeded");
            let end, message;
            if (length === $undefined)
                end = reader.len;
            else {
                end = reader.pos + length;
                if (end > reader.len)
                    throw $RangeError("index out of range");
                length = reader.len;
                reader.len = end;
            }
            message = _target || new $root.grpc.DestroySandboxRequest();
            while (reader.pos < end) {
                let start = reader.pos;
                let tag = reader.tag();
                if (tag === _end) {
                    _end = $undefined;
                    break;
                }
                reader.skipType(tag & 7, _depth, tag);
                if (!reader.discardUnknown) {
                    $util.makeProp(message, "$unknowns", false);
                    (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                }
            }
            if (length !== $undefined) {
                if (reader.pos !== end)
                    throw $RangeError("index out of range");
                reader.len = length;
            }
            if (_end !== $undefined)
                throw $Error("missing end group");
            return message;
        };

        /**
         * Gets the type url for DestroySandboxRequest
         * @function getTypeUrl
         * @memberof grpc.DestroySandboxRequest
         * @static
         * @param {string} [prefix] Custom type url prefix, defaults to `"type.googleapis.com"`
         * @returns {string} The type url
         */
        DestroySandboxRequest.getTypeUrl = function(prefix) {
            if (prefix === $undefined)
                prefix = "type.googleapis.com";
            return prefix + "/grpc.DestroySandboxRequest";
        };

        return DestroySandboxRequest;
    })();

    grpc.SetPolicyRequest = (function() {

        /**
         * Properties of a SetPolicyRequest.
         * @typedef {Object} grpc.SetPolicyRequest.$Properties
         * @property {string|null} [policy] SetPolicyRequest policy
         * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
         */

        /**
         * Properties of a SetPolicyRequest.
         * @memberof grpc
         * @interface ISetPolicyRequest
         * @augments grpc.SetPolicyRequest.$Properties
         * @deprecated Use grpc.SetPolicyRequest.$Properties instead.
         */

        /**
         * Shape of a SetPolicyRequest.
         * @typedef {grpc.SetPolicyRequest.$Properties} grpc.SetPolicyRequest.$Shape
         */

        /**
         * Constructs a new SetPolicyRequest.
         * @memberof grpc
         * @classdesc Represents a SetPolicyRequest.
         * @constructor
         * @param {grpc.SetPolicyRequest.$Properties=} [properties] Properties to set
         * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
         */
        const SetPolicyRequest = function (properties) {
            if (properties)
                for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                    if (properties[keys[i]] != null && keys[i] !== "__proto__")
                        this[keys[i]] = properties[keys[i]];
        };

        /**
         * SetPolicyRequest policy.
         * @member {string} policy
         * @memberof grpc.SetPolicyRequest
         * @instance
         */
        SetPolicyRequest.prototype.policy = "";

        /**
         * Creates a new SetPolicyRequest instance using the specified properties.
         * @function create
         * @memberof grpc.SetPolicyRequest
         * @static
         * @param {grpc.SetPolicyRequest.$Properties=} [properties] Properties to set
         * @returns {grpc.SetPolicyRequest} SetPolicyRequest instance
         * @type {{
         *   (properties: grpc.SetPolicyRequest.$Shape): grpc.SetPolicyRequest & grpc.SetPolicyRequest.$Shape;
         *   (properties?: grpc.SetPolicyRequest.$Properties): grpc.SetPolicyRequest;
         * }}
         */
        SetPolicyRequest.create = function(properties) {
            return new SetPolicyRequest(properties);
        };

        /**
         * Encodes the specified SetPolicyRequest message. Does not implicitly {@link grpc.SetPolicyRequest.verify|verify} messages.
         * @function encode
         * @memberof grpc.SetPolicyRequest
         * @static
         * @param {grpc.SetPolicyRequest.$Properties} message SetPolicyRequest message or plain object to encode
         * @param {$protobuf.Writer} [writer] Writer to encode to
         * @returns {$protobuf.Writer} Writer
         */
        SetPolicyRequest.encode = function (message, writer, _depth) {
            if (!writer)
                writer = $Writer.create();
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            if (message.policy != null && $Object.hasOwnProperty.call(message, "policy") && message.policy !== "")
                writer.uint32(/* id 1, wireType 2 =*/10).string(message.policy);
            if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                for (let i = 0; i < message.$unknowns.length; ++i)
                    writer.raw(message.$unknowns[i]);
            return writer;
        };

        /**
         * Decodes a SetPolicyRequest message from the specified reader or buffer.
         * @function decode
         * @memberof grpc.SetPolicyRequest
         * @static
         * @param {$protobuf.Reader|Uint8Array} reader Reader or buffer to decode from
         * @param {number} [length] Message length if known beforehand
         * @returns {grpc.SetPolicyRequest & grpc.SetPolicyRequest.$Shape} SetPolicyRequest
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        SetPolicyRequest.decode = function (reader, length, _end, _depth, _target) {
            if (!(reader instanceof $Reader))
                reader = $Reader.create(reader);
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $Reader.recursionLimit)
                throw $Error("max depth exceeded");
            let end, message, value;
            if (length === $undefined)
                end = reader.len;
            else {
                end = reader.pos + length;
                if (end > reader.len)
                    throw $RangeError("index out of range");
                length = reader.len;
                reader.len = end;
            }
            message = _target || new $root.grpc.SetPolicyRequest();
            while (reader.pos < end) {
                let start = reader.pos;
                let tag = reader.tag();
                if (tag === _end) {
                    _end = $undefined;
                    break;
                }
                let wireType = tag & 7;
                switch (tag >>>= 3) {
                case 1: {
                        if (wireType !== 2)
                            break;
                        if ((value = reader.stringVerify()).length)
                            message.policy = value;
                        else
                            delete message.policy;
                        continue;
                    }
                }
                reader.skipType(wireType, _depth, tag);
                if (!reader.discardUnknown) {
                    $util.makeProp(message, "$unknowns", false);
                    (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                }
            }
            if (length !== $undefined) {
                if (reader.pos !== end)
                    throw $RangeError("index out of range");
                reader.len = length;
            }
            if (_end !== $undefined)
                throw $Error("missing end group");
            return message;
        };

        /**
         * Gets the type url for SetPolicyRequest
         * @function getTypeUrl
         * @memberof grpc.SetPolicyRequest
         * @static
         * @param {string} [prefix] Custom type url prefix, defaults to `"type.googleapis.com"`
         * @returns {string} The type url
         */
        SetPolicyRequest.getTypeUrl = function(prefix) {
            if (prefix === $undefined)
                prefix = "type.googleapis.com";
            return prefix + "/grpc.SetPolicyRequest";
        };

        return SetPolicyRequest;
    })();

    grpc.OOMEvent = (function() {

        /**
         * Properties of a OOMEvent.
         * @typedef {Object} grpc.OOMEvent.$Properties
         * @property {string|null} [containerId] OOMEvent containerId
         * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
         */

        /**
         * Properties of a OOMEvent.
         * @memberof grpc
         * @interface IOOMEvent
         * @augments grpc.OOMEvent.$Properties
         * @deprecated Use grpc.OOMEvent.$Properties instead.
         */

        /**
         * Shape of a OOMEvent.
         * @typedef {grpc.OOMEvent.$Properties} grpc.OOMEvent.$Shape
         */

        /**
         * Constructs a new OOMEvent.
         * @memberof grpc
         * @classdesc Represents a OOMEvent.
         * @constructor
         * @param {grpc.OOMEvent.$Properties=} [properties] Properties to set
         * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
         */
        const OOMEvent = function (properties) {
            if (properties)
                for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                    if (properties[keys[i]] != null && keys[i] !== "__proto__")
                        this[keys[i]] = properties[keys[i]];
        };

        /**
         * OOMEvent containerId.
         * @member {string} containerId
         * @memberof grpc.OOMEvent
         * @instance
         */
        OOMEvent.prototype.containerId = "";

        /**
         * Creates a new OOMEvent instance using the specified properties.
         * @function create
         * @memberof grpc.OOMEvent
         * @static
         * @param {grpc.OOMEvent.$Properties=} [properties] Properties to set
         * @returns {grpc.OOMEvent} OOMEvent instance
         * @type {{
         *   (properties: grpc.OOMEvent.$Shape): grpc.OOMEvent & grpc.OOMEvent.$Shape;
         *   (properties?: grpc.OOMEvent.$Properties): grpc.OOMEvent;
         * }}
         */
        OOMEvent.create = function(properties) {
            return new OOMEvent(properties);
        };

        /**
         * Encodes the specified OOMEvent message. Does not implicitly {@link grpc.OOMEvent.verify|verify} messages.
         * @function encode
         * @memberof grpc.OOMEvent
         * @static
         * @param {grpc.OOMEvent.$Properties} message OOMEvent message or plain object to encode
         * @param {$protobuf.Writer} [writer] Writer to encode to
         * @returns {$protobuf.Writer} Writer
         */
        OOMEvent.encode = function (message, writer, _depth) {
            if (!writer)
                writer = $Writer.create();
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            if (message.containerId != null && $Object.hasOwnProperty.call(message, "containerId") && message.containerId !== "")
                writer.uint32(/* id 1, wireType 2 =*/10).string(message.containerId);
            if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                for (let i = 0; i < message.$unknowns.length; ++i)
                    writer.raw(message.$unknowns[i]);
            return writer;
        };

        /**
         * Decodes a OOMEvent message from the specified reader or buffer.
         * @function decode
         * @memberof grpc.OOMEvent
         * @static
         * @param {$protobuf.Reader|Uint8Array} reader Reader or buffer to decode from
         * @param {number} [length] Message length if known beforehand
         * @returns {grpc.OOMEvent & grpc.OOMEvent.$Shape} OOMEvent
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        OOMEvent.decode = function (reader, length, _end, _depth, _target) {
            if (!(reader instanceof $Reader))
                reader = $Reader.create(reader);
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $Reader.recursionLimit)
                throw $Error("max depth exceeded");
            let end, message, value;
            if (length === $undefined)
                end = reader.len;
            else {
                end = reader.pos + length;
                if (end > reader.len)
                    throw $RangeError("index out of range");
                length = reader.len;
                reader.len = end;
            }
            message = _target || new $root.grpc.OOMEvent();
            while (reader.pos < end) {
                let start = reader.pos;
                let tag = reader.tag();
                if (tag === _end) {
                    _end = $undefined;
                    break;
                }
                let wireType = tag & 7;
                switch (tag >>>= 3) {
                case 1: {
                        if (wireType !== 2)
                            break;
                        if ((value = reader.stringVerify()).length)
                            message.containerId = value;
                        else
                            delete message.containerId;
                        continue;
                    }
                }
                reader.skipType(wireType, _depth, tag);
                if (!reader.discardUnknown) {
                    $util.makeProp(message, "$unknowns", false);
                    (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                }
            }
            if (length !== $undefined) {
                if (reader.pos !== end)
                    throw $RangeError("index out of range");
                reader.len = length;
            }
            if (_end !== $undefined)
                throw $Error("missing end group");
            return message;
        };

        /**
         * Gets the type url for OOMEvent
         * @function getTypeUrl
         * @memberof grpc.OOMEvent
         * @static
         * @param {string} [prefix] Custom type url prefix, defaults to `"type.googleapis.com"`
         * @returns {string} The type url
         */
        OOMEvent.getTypeUrl = function(prefix) {
            if (prefix === $undefined)
                prefix = "type.googleapis.com";
            return prefix + "/grpc.OOMEvent";
        };

        return OOMEvent;
    })();

    grpc.UpdateContainerRequest = (function() {

        /**
         * Properties of an UpdateContainerRequest.
         * @typedef {Object} grpc.UpdateContainerRequest.$Properties
         * @property {string|null} [containerId] UpdateContainerRequest containerId
         * @property {grpc.LinuxResources.$Properties|null} [resources] UpdateContainerRequest resources
         * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
         */

        /**
         * Properties of an UpdateContainerRequest.
         * @memberof grpc
         * @interface IUpdateContainerRequest
         * @augments grpc.UpdateContainerRequest.$Properties
         * @deprecated Use grpc.UpdateContainerRequest.$Properties instead.
         */

        /**
         * Shape of an UpdateContainerRequest.
         * @typedef {grpc.UpdateContainerRequest.$Properties} grpc.UpdateContainerRequest.$Shape
         */

        /**
         * Constructs a new UpdateContainerRequest.
         * @memberof grpc
         * @classdesc Represents an UpdateContainerRequest.
         * @constructor
         * @param {grpc.UpdateContainerRequest.$Properties=} [properties] Properties to set
         * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
         */
        const UpdateContainerRequest = function (properties) {
            if (properties)
                for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                    if (properties[keys[i]] != null && keys[i] !== "__proto__")
                        this[keys[i]] = properties[keys[i]];
        };

        /**
         * UpdateContainerRequest containerId.
         * @member {string} containerId
         * @memberof grpc.UpdateContainerRequest
         * @instance
         */
        UpdateContainerRequest.prototype.containerId = "";

        /**
         * UpdateContainerRequest resources.
         * @member {grpc.LinuxResources.$Properties|null|undefined} resources
         * @memberof grpc.UpdateContainerRequest
         * @instance
         */
        UpdateContainerRequest.prototype.resources = null;

        /**
         * Creates a new UpdateContainerRequest instance using the specified properties.
         * @function create
         * @memberof grpc.UpdateContainerRequest
         * @static
         * @param {grpc.UpdateContainerRequest.$Properties=} [properties] Properties to set
         * @returns {grpc.UpdateContainerRequest} UpdateContainerRequest instance
         * @type {{
         *   (properties: grpc.UpdateContainerRequest.$Shape): grpc.UpdateContainerRequest & grpc.UpdateContainerRequest.$Shape;
         *   (properties?: grpc.UpdateContainerRequest.$Properties): grpc.UpdateContainerRequest;
         * }}
         */
        UpdateContainerRequest.create = function(properties) {
            return new UpdateContainerRequest(properties);
        };

        /**
         * Encodes the specified UpdateContainerRequest message. Does not implicitly {@link grpc.UpdateContainerRequest.verify|verify} messages.
         * @function encode
         * @memberof grpc.UpdateContainerRequest
         * @static
         * @param {grpc.UpdateContainerRequest.$Properties} message UpdateContainerRequest message or plain object to encode
         * @param {$protobuf.Writer} [writer] Writer to encode to
         * @returns {$protobuf.Writer} Writer
         */
        UpdateContainerRequest.encode = function (message, writer, _depth) {
            if (!writer)
                writer = $Writer.create();
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            if (message.containerId != null && $Object.hasOwnProperty.call(message, "containerId") && message.containerId !== "")
                writer.uint32(/* id 1, wireType 2 =*/10).string(message.containerId);
            if (message.resources != null && $Object.hasOwnProperty.call(message, "resources"))
                $root.grpc.LinuxResources.encode(message.resources, writer.uint32(/* id 2, wireType 2 =*/18).fork(), _depth + 1).ldelim();
            if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                for (let i = 0; i < message.$unknowns.length; ++i)
                    writer.raw(message.$unknowns[i]);
            return writer;
        };

        /**
         * Decodes an UpdateContainerRequest message from the specified reader or buffer.
         * @function decode
         * @memberof grpc.UpdateContainerRequest
         * @static
         * @param {$protobuf.Reader|Uint8Array} reader Reader or buffer to decode from
         * @param {number} [length] Message length if known beforehand
         * @returns {grpc.UpdateContainerRequest & grpc.UpdateContainerRequest.$Shape} UpdateContainerRequest
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        UpdateContainerRequest.decode = function (reader, length, _end, _depth, _target) {
            if (!(reader instanceof $Reader))
                reader = $Reader.create(reader);
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $Reader.recursionLimit)
                throw $Error("max depth exceeded");
            let end, message, value;
            if (length === $undefined)
                end = reader.len;
            else {
                end = reader.pos + length;
                if (end > reader.len)
                    throw $RangeError("index out of range");
                length = reader.len;
                reader.len = end;
            }
            message = _target || new $root.grpc.UpdateContainerRequest();
            while (reader.pos < end) {
                let start = reader.pos;
                let tag = reader.tag();
                if (tag === _end) {
                    _end = $undefined;
                    break;
                }
                let wireType = tag & 7;
                switch (tag >>>= 3) {
                case 1: {
                        if (wireType !== 2)
                            break;
                        if ((value = reader.stringVerify()).length)
                            message.containerId = value;
                        else
                            delete message.containerId;
                        continue;
                    }
                case 2: {
                        if (wireType !== 2)
                            break;
                        message.resources = $root.grpc.LinuxResources.decode(reader, reader.size(), $undefined, _depth + 1, message.resources);
                        continue;
                    }
                }
                reader.skipType(wireType, _depth, tag);
                if (!reader.discardUnknown) {
                    $util.makeProp(message, "$unknowns", false);
                    (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                }
            }
            if (length !== $undefined) {
                if (reader.pos !== end)
                    throw $RangeError("index out of range");
                reader.len = length;
            }
            if (_end !== $undefined)
                throw $Error("missing end group");
            return message;
        };

        /**
         * Gets the type url for UpdateContainerRequest
         * @function getTypeUrl
         * @memberof grpc.UpdateContainerRequest
         * @static
         * @param {string} [prefix] Custom type url prefix, defaults to `"type.googleapis.com"`
         * @returns {string} The type url
         */
        UpdateContainerRequest.getTypeUrl = function(prefix) {
            if (prefix === $undefined)
                prefix = "type.googleapis.com";
            return prefix + "/grpc.UpdateContainerRequest";
        };

        return UpdateContainerRequest;
    })();

    grpc.PauseContainerRequest = (function() {

        /**
         * Properties of a PauseContainerRequest.
         * @typedef {Object} grpc.PauseContainerRequest.$Properties
         * @property {string|null} [containerId] PauseContainerRequest containerId
         * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
         */

        /**
         * Properties of a PauseContainerRequest.
         * @memberof grpc
         * @interface IPauseContainerRequest
         * @augments grpc.PauseContainerRequest.$Properties
         * @deprecated Use grpc.PauseContainerRequest.$Properties instead.
         */

        /**
         * Shape of a PauseContainerRequest.
         * @typedef {grpc.PauseContainerRequest.$Properties} grpc.PauseContainerRequest.$Shape
         */

        /**
         * Constructs a new PauseContainerRequest.
         * @memberof grpc
         * @classdesc Represents a PauseContainerRequest.
         * @constructor
         * @param {grpc.PauseContainerRequest.$Properties=} [properties] Properties to set
         * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
         */
        const PauseContainerRequest = function (properties) {
            if (properties)
                for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                    if (properties[keys[i]] != null && keys[i] !== "__proto__")
                        this[keys[i]] = properties[keys[i]];
        };

        /**
         * PauseContainerRequest containerId.
         * @member {string} containerId
         * @memberof grpc.PauseContainerRequest
         * @instance
         */
        PauseContainerRequest.prototype.containerId = "";

        /**
         * Creates a new PauseContainerRequest instance using the specified properties.
         * @function create
         * @memberof grpc.PauseContainerRequest
         * @static
         * @param {grpc.PauseContainerRequest.$Properties=} [properties] Properties to set
         * @returns {grpc.PauseContainerRequest} PauseContainerRequest instance
         * @type {{
         *   (properties: grpc.PauseContainerRequest.$Shape): grpc.PauseContainerRequest & grpc.PauseContainerRequest.$Shape;
         *   (properties?: grpc.PauseContainerRequest.$Properties): grpc.PauseContainerRequest;
         * }}
         */
        PauseContainerRequest.create = function(properties) {
            return new PauseContainerRequest(properties);
        };

        /**
         * Encodes the specified PauseContainerRequest message. Does not implicitly {@link grpc.PauseContainerRequest.verify|verify} messages.
         * @function encode
         * @memberof grpc.PauseContainerRequest
         * @static
         * @param {grpc.PauseContainerRequest.$Properties} message PauseContainerRequest message or plain object to encode
         * @param {$protobuf.Writer} [writer] Writer to encode to
         * @returns {$protobuf.Writer} Writer
         */
        PauseContainerRequest.encode = function (message, writer, _depth) {
            if (!writer)
                writer = $Writer.create();
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            if (message.containerId != null && $Object.hasOwnProperty.call(message, "containerId") && message.containerId !== "")
                writer.uint32(/* id 1, wireType 2 =*/10).string(message.containerId);
            if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                for (let i = 0; i < message.$unknowns.length; ++i)
                    writer.raw(message.$unknowns[i]);
            return writer;
        };

        /**
         * Decodes a PauseContainerRequest message from the specified reader or buffer.
         * @function decode
         * @memberof grpc.PauseContainerRequest
         * @static
         * @param {$protobuf.Reader|Uint8Array} reader Reader or buffer to decode from
         * @param {number} [length] Message length if known beforehand
         * @returns {grpc.PauseContainerRequest & grpc.PauseContainerRequest.$Shape} PauseContainerRequest
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        PauseContainerRequest.decode = function (reader, length, _end, _depth, _target) {
            if (!(reader instanceof $Reader))
                reader = $Reader.create(reader);
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $Reader.recursionLimit)
                throw $Error("max depth exceeded");
            let end, message, value;
            if (length === $undefined)
                end = reader.len;
            else {
                end = reader.pos + length;
                if (end > reader.len)
                    throw $RangeError("index out of range");
                length = reader.len;
                reader.len = end;
            }
            message = _target || new $root.grpc.PauseContainerRequest();
            while (reader.pos < end) {
                let start = reader.pos;
                let tag = reader.tag();
                if (tag === _end) {
                    _end = $undefined;
                    break;
                }
                let wireType = tag & 7;
                switch (tag >>>= 3) {
                case 1: {
                        if (wireType !== 2)
                            break;
                        if ((value = reader.stringVerify()).length)
                            message.containerId = value;
                        else
                            delete message.containerId;
                        continue;
                    }
                }
                reader.skipType(wireType, _depth, tag);
                if (!reader.discardUnknown) {
                    $util.makeProp(message, "$unknowns", false);
                    (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                }
            }
            if (length !== $undefined) {
                if (reader.pos !== end)
                    throw $RangeError("index out of range");
                reader.len = length;
            }
            if (_end !== $undefined)
                throw $Error("missing end group");
            return message;
        };

        /**
         * Gets the type url for PauseContainerRequest
         * @function getTypeUrl
         * @memberof grpc.PauseContainerRequest
         * @static
         * @param {string} [prefix] Custom type url prefix, defaults to `"type.googleapis.com"`
         * @returns {string} The type url
         */
        PauseContainerRequest.getTypeUrl = function(prefix) {
            if (prefix === $undefined)
                prefix = "type.googleapis.com";
            return prefix + "/grpc.PauseContainerRequest";
        };

        return PauseContainerRequest;
    })();

    grpc.ResumeContainerRequest = (function() {

        /**
         * Properties of a ResumeContainerRequest.
         * @typedef {Object} grpc.ResumeContainerRequest.$Properties
         * @property {string|null} [containerId] ResumeContainerRequest containerId
         * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
         */

        /**
         * Properties of a ResumeContainerRequest.
         * @memberof grpc
         * @interface IResumeContainerRequest
         * @augments grpc.ResumeContainerRequest.$Properties
         * @deprecated Use grpc.ResumeContainerRequest.$Properties instead.
         */

        /**
         * Shape of a ResumeContainerRequest.
         * @typedef {grpc.ResumeContainerRequest.$Properties} grpc.ResumeContainerRequest.$Shape
         */

        /**
         * Constructs a new ResumeContainerRequest.
         * @memberof grpc
         * @classdesc Represents a ResumeContainerRequest.
         * @constructor
         * @param {grpc.ResumeContainerRequest.$Properties=} [properties] Properties to set
         * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
         */
        const ResumeContainerRequest = function (properties) {
            if (properties)
                for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                    if (properties[keys[i]] != null && keys[i] !== "__proto__")
                        this[keys[i]] = properties[keys[i]];
        };

        /**
         * ResumeContainerRequest containerId.
         * @member {string} containerId
         * @memberof grpc.ResumeContainerRequest
         * @instance
         */
        ResumeContainerRequest.prototype.containerId = "";

        /**
         * Creates a new ResumeContainerRequest instance using the specified properties.
         * @function create
         * @memberof grpc.ResumeContainerRequest
         * @static
         * @param {grpc.ResumeContainerRequest.$Properties=} [properties] Properties to set
         * @returns {grpc.ResumeContainerRequest} ResumeContainerRequest instance
         * @type {{
         *   (properties: grpc.ResumeContainerRequest.$Shape): grpc.ResumeContainerRequest & grpc.ResumeContainerRequest.$Shape;
         *   (properties?: grpc.ResumeContainerRequest.$Properties): grpc.ResumeContainerRequest;
         * }}
         */
        ResumeContainerRequest.create = function(properties) {
            return new ResumeContainerRequest(properties);
        };

        /**
         * Encodes the specified ResumeContainerRequest message. Does not implicitly {@link grpc.ResumeContainerRequest.verify|verify} messages.
         * @function encode
         * @memberof grpc.ResumeContainerRequest
         * @static
         * @param {grpc.ResumeContainerRequest.$Properties} message ResumeContainerRequest message or plain object to encode
         * @param {$protobuf.Writer} [writer] Writer to encode to
         * @returns {$protobuf.Writer} Writer
         */
        ResumeContainerRequest.encode = function (message, writer, _depth) {
            if (!writer)
                writer = $Writer.create();
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            if (message.containerId != null && $Object.hasOwnProperty.call(message, "containerId") && message.containerId !== "")
                writer.uint32(/* id 1, wireType 2 =*/10).string(message.containerId);
            if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                for (let i = 0; i < message.$unknowns.length; ++i)
                    writer.raw(message.$unknowns[i]);
            return writer;
        };

        /**
         * Decodes a ResumeContainerRequest message from the specified reader or buffer.
         * @function decode
         * @memberof grpc.ResumeContainerRequest
         * @static
         * @param {$protobuf.Reader|Uint8Array} reader Reader or buffer to decode from
         * @param {number} [length] Message length if known beforehand
         * @returns {grpc.ResumeContainerRequest & grpc.ResumeContainerRequest.$Shape} ResumeContainerRequest
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        ResumeContainerRequest.decode = function (reader, length, _end, _depth, _target) {
            if (!(reader instanceof $Reader))
                reader = $Reader.create(reader);
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $Reader.recursionLimit)
                throw $Error("max depth exceeded");
            let end, message, value;
            if (length === $undefined)
                end = reader.len;
            else {
                end = reader.pos + length;
                if (end > reader.len)
                    throw $RangeError("index out of range");
                length = reader.len;
                reader.len = end;
            }
            message = _target || new $root.grpc.ResumeContainerRequest();
            while (reader.pos < end) {
                let start = reader.pos;
                let tag = reader.tag();
                if (tag === _end) {
                    _end = $undefined;
                    break;
                }
                let wireType = tag & 7;
                switch (tag >>>= 3) {
                case 1: {
                        if (wireType !== 2)
                            break;
                        if ((value = reader.stringVerify()).length)
                            message.containerId = value;
                        else
                            delete message.containerId;
                        continue;
                    }
                }
                reader.skipType(wireType, _depth, tag);
                if (!reader.discardUnknown) {
                    $util.makeProp(message, "$unknowns", false);
                    (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                }
            }
            if (length !== $undefined) {
                if (reader.pos !== end)
                    throw $RangeError("index out of range");
                reader.len = length;
            }
            if (_end !== $undefined)
                throw $Error("missing end group");
            return message;
        };

        /**
         * Gets the type url for ResumeContainerRequest
         * @function getTypeUrl
         * @memberof grpc.ResumeContainerRequest
         * @static
         * @param {string} [prefix] Custom type url prefix, defaults to `"type.googleapis.com"`
         * @returns {string} The type url
         */
        ResumeContainerRequest.getTypeUrl = function(prefix) {
            if (prefix === $undefined)
                prefix = "type.googleapis.com";
            return prefix + "/grpc.ResumeContainerRequest";
        };

        return ResumeContainerRequest;
    })();

    grpc.StatsContainerRequest = (function() {

        /**
         * Properties of a StatsContainerRequest.
         * @typedef {Object} grpc.StatsContainerRequest.$Properties
         * @property {string|null} [containerId] StatsContainerRequest containerId
         * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
         */

        /**
         * Properties of a StatsContainerRequest.
         * @memberof grpc
         * @interface IStatsContainerRequest
         * @augments grpc.StatsContainerRequest.$Properties
         * @deprecated Use grpc.StatsContainerRequest.$Properties instead.
         */

        /**
         * Shape of a StatsContainerRequest.
         * @typedef {grpc.StatsContainerRequest.$Properties} grpc.StatsContainerRequest.$Shape
         */

        /**
         * Constructs a new StatsContainerRequest.
         * @memberof grpc
         * @classdesc Represents a StatsContainerRequest.
         * @constructor
         * @param {grpc.StatsContainerRequest.$Properties=} [properties] Properties to set
         * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
         */
        const StatsContainerRequest = function (properties) {
            if (properties)
                for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                    if (properties[keys[i]] != null && keys[i] !== "__proto__")
                        this[keys[i]] = properties[keys[i]];
        };

        /**
         * StatsContainerRequest containerId.
         * @member {string} containerId
         * @memberof grpc.StatsContainerRequest
         * @instance
         */
        StatsContainerRequest.prototype.containerId = "";

        /**
         * Creates a new StatsContainerRequest instance using the specified properties.
         * @function create
         * @memberof grpc.StatsContainerRequest
         * @static
         * @param {grpc.StatsContainerRequest.$Properties=} [properties] Properties to set
         * @returns {grpc.StatsContainerRequest} StatsContainerRequest instance
         * @type {{
         *   (properties: grpc.StatsContainerRequest.$Shape): grpc.StatsContainerRequest & grpc.StatsContainerRequest.$Shape;
         *   (properties?: grpc.StatsContainerRequest.$Properties): grpc.StatsContainerRequest;
         * }}
         */
        StatsContainerRequest.create = function(properties) {
            return new StatsContainerRequest(properties);
        };

        /**
         * Encodes the specified StatsContainerRequest message. Does not implicitly {@link grpc.StatsContainerRequest.verify|verify} messages.
         * @function encode
         * @memberof grpc.StatsContainerRequest
         * @static
         * @param {grpc.StatsContainerRequest.$Properties} message StatsContainerRequest message or plain object to encode
         * @param {$protobuf.Writer} [writer] Writer to encode to
         * @returns {$protobuf.Writer} Writer
         */
        StatsContainerRequest.encode = function (message, writer, _depth) {
            if (!writer)
                writer = $Writer.create();
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            if (message.containerId != null && $Object.hasOwnProperty.call(message, "containerId") && message.containerId !== "")
                writer.uint32(/* id 1, wireType 2 =*/10).string(message.containerId);
            if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                for (let i = 0; i < message.$unknowns.length; ++i)
                    writer.raw(message.$unknowns[i]);
            return writer;
        };

        /**
         * Decodes a StatsContainerRequest message from the specified reader or buffer.
         * @function decode
         * @memberof grpc.StatsContainerRequest
         * @static
         * @param {$protobuf.Reader|Uint8Array} reader Reader or buffer to decode from
         * @param {number} [length] Message length if known beforehand
         * @returns {grpc.StatsContainerRequest & grpc.StatsContainerRequest.$Shape} StatsContainerRequest
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        StatsContainerRequest.decode = function (reader, length, _end, _depth, _target) {
            if (!(reader instanceof $Reader))
                reader = $Reader.create(reader);
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $Reader.recursionLimit)
                throw $Error("max depth exceeded");
            let end, message, value;
            if (length === $undefined)
                end = reader.len;
            else {
                end = reader.pos + length;
                if (end > reader.len)
                    throw $RangeError("index out of range");
                length = reader.len;
                reader.len = end;
            }
            message = _target || new $root.grpc.StatsContainerRequest();
            while (reader.pos < end) {
                let start = reader.pos;
                let tag = reader.tag();
                if (tag === _end) {
                    _end = $undefined;
                    break;
                }
                let wireType = tag & 7;
                switch (tag >>>= 3) {
                case 1: {
                        if (wireType !== 2)
                            break;
                        if ((value = reader.stringVerify()).length)
                            message.containerId = value;
                        else
                            delete message.containerId;
                        continue;
                    }
                }
                reader.skipType(wireType, _depth, tag);
                if (!reader.discardUnknown) {
                    $util.makeProp(message, "$unknowns", false);
                    (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                }
            }
            if (length !== $undefined) {
                if (reader.pos !== end)
                    throw $RangeError("index out of range");
                reader.len = length;
            }
            if (_end !== $undefined)
                throw $Error("missing end group");
            return message;
        };

        /**
         * Gets the type url for StatsContainerRequest
         * @function getTypeUrl
         * @memberof grpc.StatsContainerRequest
         * @static
         * @param {string} [prefix] Custom type url prefix, defaults to `"type.googleapis.com"`
         * @returns {string} The type url
         */
        StatsContainerRequest.getTypeUrl = function(prefix) {
            if (prefix === $undefined)
                prefix = "type.googleapis.com";
            return prefix + "/grpc.StatsContainerRequest";
        };

        return StatsContainerRequest;
    })();

    grpc.CpuUsage = (function() {

        /**
         * Properties of a CpuUsage.
         * @typedef {Object} grpc.CpuUsage.$Properties
         * @property {Long|null} [totalUsage] CpuUsage totalUsage
         * @property {Long|null} [usageInKernelmode] CpuUsage usageInKernelmode
         * @property {Long|null} [usageInUsermode] CpuUsage usageInUsermode
         * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
         */

        /**
         * Properties of a CpuUsage.
         * @memberof grpc
         * @interface ICpuUsage
         * @augments grpc.CpuUsage.$Properties
         * @deprecated Use grpc.CpuUsage.$Properties instead.
         */

        /**
         * Shape of a CpuUsage.
         * @typedef {grpc.CpuUsage.$Properties} grpc.CpuUsage.$Shape
         */

        /**
         * Constructs a new CpuUsage.
         * @memberof grpc
         * @classdesc Represents a CpuUsage.
         * @constructor
         * @param {grpc.CpuUsage.$Properties=} [properties] Properties to set
         * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
         */
        const CpuUsage = function (properties) {
            if (properties)
                for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                    if (properties[keys[i]] != null && keys[i] !== "__proto__")
                        this[keys[i]] = properties[keys[i]];
        };

        /**
         * CpuUsage totalUsage.
         * @member {Long} totalUsage
         * @memberof grpc.CpuUsage
         * @instance
         */
        CpuUsage.prototype.totalUsage = $util.Long ? $util.Long.fromBits(0,0,true) : 0;

        /**
         * CpuUsage usageInKernelmode.
         * @member {Long} usageInKernelmode
         * @memberof grpc.CpuUsage
         * @instance
         */
        CpuUsage.prototype.usageInKernelmode = $util.Long ? $util.Long.fromBits(0,0,true) : 0;

        /**
         * CpuUsage usageInUsermode.
         * @member {Long} usageInUsermode
         * @memberof grpc.CpuUsage
         * @instance
         */
        CpuUsage.prototype.usageInUsermode = $util.Long ? $util.Long.fromBits(0,0,true) : 0;

        /**
         * Creates a new CpuUsage instance using the specified properties.
         * @function create
         * @memberof grpc.CpuUsage
         * @static
         * @param {grpc.CpuUsage.$Properties=} [properties] Properties to set
         * @returns {grpc.CpuUsage} CpuUsage instance
         * @type {{
         *   (properties: grpc.CpuUsage.$Shape): grpc.CpuUsage & grpc.CpuUsage.$Shape;
         *   (properties?: grpc.CpuUsage.$Properties): grpc.CpuUsage;
         * }}
         */
        CpuUsage.create = function(properties) {
            return new CpuUsage(properties);
        };

        /**
         * Encodes the specified CpuUsage message. Does not implicitly {@link grpc.CpuUsage.verify|verify} messages.
         * @function encode
         * @memberof grpc.CpuUsage
         * @static
         * @param {grpc.CpuUsage.$Properties} message CpuUsage message or plain object to encode
         * @param {$protobuf.Writer} [writer] Writer to encode to
         * @returns {$protobuf.Writer} Writer
         */
        CpuUsage.encode = function (message, writer, _depth) {
            if (!writer)
                writer = $Writer.create();
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            if (message.totalUsage != null && $Object.hasOwnProperty.call(message, "totalUsage") && (typeof message.totalUsage === "object" ? message.totalUsage.low || message.totalUsage.high : message.totalUsage !== 0))
                writer.uint32(/* id 1, wireType 0 =*/8).uint64(message.totalUsage);
            if (message.usageInKernelmode != null && $Object.hasOwnProperty.call(message, "usageInKernelmode") && (typeof message.usageInKernelmode === "object" ? message.usageInKernelmode.low || message.usageInKernelmode.high : message.usageInKernelmode !== 0))
                writer.uint32(/* id 3, wireType 0 =*/24).uint64(message.usageInKernelmode);
            if (message.usageInUsermode != null && $Object.hasOwnProperty.call(message, "usageInUsermode") && (typeof message.usageInUsermode === "object" ? message.usageInUsermode.low || message.usageInUsermode.high : message.usageInUsermode !== 0))
                writer.uint32(/* id 4, wireType 0 =*/32).uint64(message.usageInUsermode);
            if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                for (let i = 0; i < message.$unknowns.length; ++i)
                    writer.raw(message.$unknowns[i]);
            return writer;
        };

        /**
         * Decodes a CpuUsage message from the specified reader or buffer.
         * @function decode
         * @memberof grpc.CpuUsage
         * @static
         * @param {$protobuf.Reader|Uint8Array} reader Reader or buffer to decode from
         * @param {number} [length] Message length if known beforehand
         * @returns {grpc.CpuUsage & grpc.CpuUsage.$Shape} CpuUsage
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        CpuUsage.decode = function (reader, length, _end, _depth, _target) {
            if (!(reader instanceof $Reader))
                reader = $Reader.create(reader);
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $Reader.recursionLimit)
                throw $Error("max depth exceeded");
            let end, message, value;
            if (length === $undefined)
                end = reader.len;
            else {
                end = reader.pos + length;
                if (end > reader.len)
                    throw $RangeError("index out of range");
                length = reader.len;
                reader.len = end;
            }
            message = _target || new $root.grpc.CpuUsage();
            while (reader.pos < end) {
                let start = reader.pos;
                let tag = reader.tag();
                if (tag === _end) {
                    _end = $undefined;
                    break;
                }
                let wireType = tag & 7;
                switch (tag >>>= 3) {
                case 1: {
                        if (wireType !== 0)
                            break;
                        if (typeof (value = reader.uint64()) === "object" ? value.low || value.high : value !== 0)
                            message.totalUsage = value;
                        else
                            delete message.totalUsage;
                        continue;
                    }
                case 3: {
                        if (wireType !== 0)
                            break;
                        if (typeof (value = reader.uint64()) === "object" ? value.low || value.high : value !== 0)
                            message.usageInKernelmode = value;
                        else
                            delete message.usageInKernelmode;
                        continue;
                    }
                case 4: {
                        if (wireType !== 0)
                            break;
                        if (typeof (value = reader.uint64()) === "object" ? value.low || value.high : value !== 0)
                            message.usageInUsermode = value;
                        else
                            delete message.usageInUsermode;
                        continue;
                    }
                }
                reader.skipType(wireType, _depth, tag);
                if (!reader.discardUnknown) {
                    $util.makeProp(message, "$unknowns", false);
                    (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                }
            }
            if (length !== $undefined) {
                if (reader.pos !== end)
                    throw $RangeError("index out of range");
                reader.len = length;
            }
            if (_end !== $undefined)
                throw $Error("missing end group");
            return message;
        };

        /**
         * Gets the type url for CpuUsage
         * @function getTypeUrl
         * @memberof grpc.CpuUsage
         * @static
         * @param {string} [prefix] Custom type url prefix, defaults to `"type.googleapis.com"`
         * @returns {string} The type url
         */
        CpuUsage.getTypeUrl = function(prefix) {
            if (prefix === $undefined)
                prefix = "type.googleapis.com";
            return prefix + "/grpc.CpuUsage";
        };

        return CpuUsage;
    })();

    grpc.CpuStats = (function() {

        /**
         * Properties of a CpuStats.
         * @typedef {Object} grpc.CpuStats.$Properties
         * @property {grpc.CpuUsage.$Properties|null} [cpuUsage] CpuStats cpuUsage
         * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
         */

        /**
         * Properties of a CpuStats.
         * @memberof grpc
         * @interface ICpuStats
         * @augments grpc.CpuStats.$Properties
         * @deprecated Use grpc.CpuStats.$Properties instead.
         */

        /**
         * Shape of a CpuStats.
         * @typedef {grpc.CpuStats.$Properties} grpc.CpuStats.$Shape
         */

        /**
         * Constructs a new CpuStats.
         * @memberof grpc
         * @classdesc Represents a CpuStats.
         * @constructor
         * @param {grpc.CpuStats.$Properties=} [properties] Properties to set
         * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
         */
        const CpuStats = function (properties) {
            if (properties)
                for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                    if (properties[keys[i]] != null && keys[i] !== "__proto__")
                        this[keys[i]] = properties[keys[i]];
        };

        /**
         * CpuStats cpuUsage.
         * @member {grpc.CpuUsage.$Properties|null|undefined} cpuUsage
         * @memberof grpc.CpuStats
         * @instance
         */
        CpuStats.prototype.cpuUsage = null;

        /**
         * Creates a new CpuStats instance using the specified properties.
         * @function create
         * @memberof grpc.CpuStats
         * @static
         * @param {grpc.CpuStats.$Properties=} [properties] Properties to set
         * @returns {grpc.CpuStats} CpuStats instance
         * @type {{
         *   (properties: grpc.CpuStats.$Shape): grpc.CpuStats & grpc.CpuStats.$Shape;
         *   (properties?: grpc.CpuStats.$Properties): grpc.CpuStats;
         * }}
         */
        CpuStats.create = function(properties) {
            return new CpuStats(properties);
        };

        /**
         * Encodes the specified CpuStats message. Does not implicitly {@link grpc.CpuStats.verify|verify} messages.
         * @function encode
         * @memberof grpc.CpuStats
         * @static
         * @param {grpc.CpuStats.$Properties} message CpuStats message or plain object to encode
         * @param {$protobuf.Writer} [writer] Writer to encode to
         * @returns {$protobuf.Writer} Writer
         */
        CpuStats.encode = function (message, writer, _depth) {
            if (!writer)
                writer = $Writer.create();
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            if (message.cpuUsage != null && $Object.hasOwnProperty.call(message, "cpuUsage"))
                $root.grpc.CpuUsage.encode(message.cpuUsage, writer.uint32(/* id 1, wireType 2 =*/10).fork(), _depth + 1).ldelim();
            if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                for (let i = 0; i < message.$unknowns.length; ++i)
                    writer.raw(message.$unknowns[i]);
            return writer;
        };

        /**
         * Decodes a CpuStats message from the specified reader or buffer.
         * @function decode
         * @memberof grpc.CpuStats
         * @static
         * @param {$protobuf.Reader|Uint8Array} reader Reader or buffer to decode from
         * @param {number} [length] Message length if known beforehand
         * @returns {grpc.CpuStats & grpc.CpuStats.$Shape} CpuStats
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        CpuStats.decode = function (reader, length, _end, _depth, _target) {
            if (!(reader instanceof $Reader))
                reader = $Reader.create(reader);
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $Reader.recursionLimit)
                throw $Error("max depth exceeded");
            let end, message, value;
            if (length === $undefined)
                end = reader.len;
            else {
                end = reader.pos + length;
                if (end > reader.len)
                    throw $RangeError("index out of range");
                length = reader.len;
                reader.len = end;
            }
            message = _target || new $root.grpc.CpuStats();
            while (reader.pos < end) {
                let start = reader.pos;
                let tag = reader.tag();
                if (tag === _end) {
                    _end = $undefined;
                    break;
                }
                let wireType = tag & 7;
                switch (tag >>>= 3) {
                case 1: {
                        if (wireType !== 2)
                            break;
                        message.cpuUsage = $root.grpc.CpuUsage.decode(reader, reader.size(), $undefined, _depth + 1, message.cpuUsage);
                        continue;
                    }
                }
                reader.skipType(wireType, _depth, tag);
                if (!reader.discardUnknown) {
                    $util.makeProp(message, "$unknowns", false);
                    (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                }
            }
            if (length !== $undefined) {
                if (reader.pos !== end)
                    throw $RangeError("index out of range");
                reader.len = length;
            }
            if (_end !== $undefined)
                throw $Error("missing end group");
            return message;
        };

        /**
         * Gets the type url for CpuStats
         * @function getTypeUrl
         * @memberof grpc.CpuStats
         * @static
         * @param {string} [prefix] Custom type url prefix, defaults to `"type.googleapis.com"`
         * @returns {string} The type url
         */
        CpuStats.getTypeUrl = function(prefix) {
            if (prefix === $undefined)
                prefix = "type.googleapis.com";
            return prefix + "/grpc.CpuStats";
        };

        return CpuStats;
    })();

    grpc.MemoryData = (function() {

        /**
         * Properties of a MemoryData.
         * @typedef {Object} grpc.MemoryData.$Properties
         * @property {Long|null} [usage] MemoryData usage
         * @property {Long|null} [maxUsage] MemoryData maxUsage
         * @property {Long|null} [limit] MemoryData limit
         * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
         */

        /**
         * Properties of a MemoryData.
         * @memberof grpc
         * @interface IMemoryData
         * @augments grpc.MemoryData.$Properties
         * @deprecated Use grpc.MemoryData.$Properties instead.
         */

        /**
         * Shape of a MemoryData.
         * @typedef {grpc.MemoryData.$Properties} grpc.MemoryData.$Shape
         */

        /**
         * Constructs a new MemoryData.
         * @memberof grpc
         * @classdesc Represents a MemoryData.
         * @constructor
         * @param {grpc.MemoryData.$Properties=} [properties] Properties to set
         * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
         */
        const MemoryData = function (properties) {
            if (properties)
                for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                    if (properties[keys[i]] != null && keys[i] !== "__proto__")
                        this[keys[i]] = properties[keys[i]];
        };

        /**
         * MemoryData usage.
         * @member {Long} usage
         * @memberof grpc.MemoryData
         * @instance
         */
        MemoryData.prototype.usage = $util.Long ? $util.Long.fromBits(0,0,true) : 0;

        /**
         * MemoryData maxUsage.
         * @member {Long} maxUsage
         * @memberof grpc.MemoryData
         * @instance
         */
        MemoryData.prototype.maxUsage = $util.Long ? $util.Long.fromBits(0,0,true) : 0;

        /**
         * MemoryData limit.
         * @member {Long} limit
         * @memberof grpc.MemoryData
         * @instance
         */
        MemoryData.prototype.limit = $util.Long ? $util.Long.fromBits(0,0,true) : 0;

        /**
         * Creates a new MemoryData instance using the specified properties.
         * @function create
         * @memberof grpc.MemoryData
         * @static
         * @param {grpc.MemoryData.$Properties=} [properties] Properties to set
         * @returns {grpc.MemoryData} MemoryData instance
         * @type {{
         *   (properties: grpc.MemoryData.$Shape): grpc.MemoryData & grpc.MemoryData.$Shape;
         *   (properties?: grpc.MemoryData.$Properties): grpc.MemoryData;
         * }}
         */
        MemoryData.create = function(properties) {
            return new MemoryData(properties);
        };

        /**
         * Encodes the specified MemoryData message. Does not implicitly {@link grpc.MemoryData.verify|verify} messages.
         * @function encode
         * @memberof grpc.MemoryData
         * @static
         * @param {grpc.MemoryData.$Properties} message MemoryData message or plain object to encode
         * @param {$protobuf.Writer} [writer] Writer to encode to
         * @returns {$protobuf.Writer} Writer
         */
        MemoryData.encode = function (message, writer, _depth) {
            if (!writer)
                writer = $Writer.create();
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            if (message.usage != null && $Object.hasOwnProperty.call(message, "usage") && (typeof message.usage === "object" ? message.usage.low || message.usage.high : message.usage !== 0))
                writer.uint32(/* id 1, wireType 0 =*/8).uint64(message.usage);
            if (message.maxUsage != null && $Object.hasOwnProperty.call(message, "maxUsage") && (typeof message.maxUsage === "object" ? message.maxUsage.low || message.maxUsage.high : message.maxUsage !== 0))
                writer.uint32(/* id 2, wireType 0 =*/16).uint64(message.maxUsage);
            if (message.limit != null && $Object.hasOwnProperty.call(message, "limit") && (typeof message.limit === "object" ? message.limit.low || message.limit.high : message.limit !== 0))
                writer.uint32(/* id 4, wireType 0 =*/32).uint64(message.limit);
            if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                for (let i = 0; i < message.$unknowns.length; ++i)
                    writer.raw(message.$unknowns[i]);
            return writer;
        };

        /**
         * Decodes a MemoryData message from the specified reader or buffer.
         * @function decode
         * @memberof grpc.MemoryData
         * @static
         * @param {$protobuf.Reader|Uint8Array} reader Reader or buffer to decode from
         * @param {number} [length] Message length if known beforehand
         * @returns {grpc.MemoryData & grpc.MemoryData.$Shape} MemoryData
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        MemoryData.decode = function (reader, length, _end, _depth, _target) {
            if (!(reader instanceof $Reader))
                reader = $Reader.create(reader);
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $Reader.recursionLimit)
                throw $Error("max depth exceeded");
            let end, message, value;
            if (length === $undefined)
                end = reader.len;
            else {
                end = reader.pos + length;
                if (end > reader.len)
                    throw $RangeError("index out of range");
                length = reader.len;
                reader.len = end;
            }
            message = _target || new $root.grpc.MemoryData();
            while (reader.pos < end) {
                let start = reader.pos;
                let tag = reader.tag();
                if (tag === _end) {
                    _end = $undefined;
                    break;
                }
                let wireType = tag & 7;
                switch (tag >>>= 3) {
                case 1: {
                        if (wireType !== 0)
                            break;
                        if (typeof (value = reader.uint64()) === "object" ? value.low || value.high : value !== 0)
                            message.usage = value;
                        else
                            delete message.usage;
                        continue;
                    }
                case 2: {
                        if (wireType !== 0)
                            break;
                        if (typeof (value = reader.uint64()) === "object" ? value.low || value.high : value !== 0)
                            message.maxUsage = value;
                        else
                            delete message.maxUsage;
                        continue;
                    }
                case 4: {
                        if (wireType !== 0)
                            break;
                        if (typeof (value = reader.uint64()) === "object" ? value.low || value.high : value !== 0)
                            message.limit = value;
                        else
                            delete message.limit;
                        continue;
                    }
                }
                reader.skipType(wireType, _depth, tag);
                if (!reader.discardUnknown) {
                    $util.makeProp(message, "$unknowns", false);
                    (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                }
            }
            if (length !== $undefined) {
                if (reader.pos !== end)
                    throw $RangeError("index out of range");
                reader.len = length;
            }
            if (_end !== $undefined)
                throw $Error("missing end group");
            return message;
        };

        /**
         * Gets the type url for MemoryData
         * @function getTypeUrl
         * @memberof grpc.MemoryData
         * @static
         * @param {string} [prefix] Custom type url prefix, defaults to `"type.googleapis.com"`
         * @returns {string} The type url
         */
        MemoryData.getTypeUrl = function(prefix) {
            if (prefix === $undefined)
                prefix = "type.googleapis.com";
            return prefix + "/grpc.MemoryData";
        };

        return MemoryData;
    })();

    grpc.MemoryStats = (function() {

        /**
         * Properties of a MemoryStats.
         * @typedef {Object} grpc.MemoryStats.$Properties
         * @property {grpc.MemoryData.$Properties|null} [usage] MemoryStats usage
         * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
         */

        /**
         * Properties of a MemoryStats.
         * @memberof grpc
         * @interface IMemoryStats
         * @augments grpc.MemoryStats.$Properties
         * @deprecated Use grpc.MemoryStats.$Properties instead.
         */

        /**
         * Shape of a MemoryStats.
         * @typedef {grpc.MemoryStats.$Properties} grpc.MemoryStats.$Shape
         */

        /**
         * Constructs a new MemoryStats.
         * @memberof grpc
         * @classdesc Represents a MemoryStats.
         * @constructor
         * @param {grpc.MemoryStats.$Properties=} [properties] Properties to set
         * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
         */
        const MemoryStats = function (properties) {
            if (properties)
                for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                    if (properties[keys[i]] != null && keys[i] !== "__proto__")
                        this[keys[i]] = properties[keys[i]];
        };

        /**
         * MemoryStats usage.
         * @member {grpc.MemoryData.$Properties|null|undefined} usage
         * @memberof grpc.MemoryStats
         * @instance
         */
        MemoryStats.prototype.usage = null;

        /**
         * Creates a new MemoryStats instance using the specified properties.
         * @function create
         * @memberof grpc.MemoryStats
         * @static
         * @param {grpc.MemoryStats.$Properties=} [properties] Properties to set
         * @returns {grpc.MemoryStats} MemoryStats instance
         * @type {{
         *   (properties: grpc.MemoryStats.$Shape): grpc.MemoryStats & grpc.MemoryStats.$Shape;
         *   (properties?: grpc.MemoryStats.$Properties): grpc.MemoryStats;
         * }}
         */
        MemoryStats.create = function(properties) {
            return new MemoryStats(properties);
        };

        /**
         * Encodes the specified MemoryStats message. Does not implicitly {@link grpc.MemoryStats.verify|verify} messages.
         * @function encode
         * @memberof grpc.MemoryStats
         * @static
         * @param {grpc.MemoryStats.$Properties} message MemoryStats message or plain object to encode
         * @param {$protobuf.Writer} [writer] Writer to encode to
         * @returns {$protobuf.Writer} Writer
         */
        MemoryStats.encode = function (message, writer, _depth) {
            if (!writer)
                writer = $Writer.create();
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            if (message.usage != null && $Object.hasOwnProperty.call(message, "usage"))
                $root.grpc.MemoryData.encode(message.usage, writer.uint32(/* id 2, wireType 2 =*/18).fork(), _depth + 1).ldelim();
            if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                for (let i = 0; i < message.$unknowns.length; ++i)
                    writer.raw(message.$unknowns[i]);
            return writer;
        };

        /**
         * Decodes a MemoryStats message from the specified reader or buffer.
         * @function decode
         * @memberof grpc.MemoryStats
         * @static
         * @param {$protobuf.Reader|Uint8Array} reader Reader or buffer to decode from
         * @param {number} [length] Message length if known beforehand
         * @returns {grpc.MemoryStats & grpc.MemoryStats.$Shape} MemoryStats
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        MemoryStats.decode = function (reader, length, _end, _depth, _target) {
            if (!(reader instanceof $Reader))
                reader = $Reader.create(reader);
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $Reader.recursionLimit)
                throw $Error("max depth exceeded");
            let end, message, value;
            if (length === $undefined)
                end = reader.len;
            else {
                end = reader.pos + length;
                if (end > reader.len)
                    throw $RangeError("index out of range");
                length = reader.len;
                reader.len = end;
            }
            message = _target || new $root.grpc.MemoryStats();
            while (reader.pos < end) {
                let start = reader.pos;
                let tag = reader.tag();
                if (tag === _end) {
                    _end = $undefined;
                    break;
                }
                let wireType = tag & 7;
                switch (tag >>>= 3) {
                case 2: {
                        if (wireType !== 2)
                            break;
                        message.usage = $root.grpc.MemoryData.decode(reader, reader.size(), $undefined, _depth + 1, message.usage);
                        continue;
                    }
                }
                reader.skipType(wireType, _depth, tag);
                if (!reader.discardUnknown) {
                    $util.makeProp(message, "$unknowns", false);
                    (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                }
            }
            if (length !== $undefined) {
                if (reader.pos !== end)
                    throw $RangeError("index out of range");
                reader.len = length;
            }
            if (_end !== $undefined)
                throw $Error("missing end group");
            return message;
        };

        /**
         * Gets the type url for MemoryStats
         * @function getTypeUrl
         * @memberof grpc.MemoryStats
         * @static
         * @param {string} [prefix] Custom type url prefix, defaults to `"type.googleapis.com"`
         * @returns {string} The type url
         */
        MemoryStats.getTypeUrl = function(prefix) {
            if (prefix === $undefined)
                prefix = "type.googleapis.com";
            return prefix + "/grpc.MemoryStats";
        };

        return MemoryStats;
    })();

    grpc.PidsStats = (function() {

        /**
         * Properties of a PidsStats.
         * @typedef {Object} grpc.PidsStats.$Properties
         * @property {Long|null} [current] PidsStats current
         * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
         */

        /**
         * Properties of a PidsStats.
         * @memberof grpc
         * @interface IPidsStats
         * @augments grpc.PidsStats.$Properties
         * @deprecated Use grpc.PidsStats.$Properties instead.
         */

        /**
         * Shape of a PidsStats.
         * @typedef {grpc.PidsStats.$Properties} grpc.PidsStats.$Shape
         */

        /**
         * Constructs a new PidsStats.
         * @memberof grpc
         * @classdesc Represents a PidsStats.
         * @constructor
         * @param {grpc.PidsStats.$Properties=} [properties] Properties to set
         * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
         */
        const PidsStats = function (properties) {
            if (properties)
                for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                    if (properties[keys[i]] != null && keys[i] !== "__proto__")
                        this[keys[i]] = properties[keys[i]];
        };

        /**
         * PidsStats current.
         * @member {Long} current
         * @memberof grpc.PidsStats
         * @instance
         */
        PidsStats.prototype.current = $util.Long ? $util.Long.fromBits(0,0,true) : 0;

        /**
         * Creates a new PidsStats instance using the specified properties.
         * @function create
         * @memberof grpc.PidsStats
         * @static
         * @param {grpc.PidsStats.$Properties=} [properties] Properties to set
         * @returns {grpc.PidsStats} PidsStats instance
         * @type {{
         *   (properties: grpc.PidsStats.$Shape): grpc.PidsStats & grpc.PidsStats.$Shape;
         *   (properties?: grpc.PidsStats.$Properties): grpc.PidsStats;
         * }}
         */
        PidsStats.create = function(properties) {
            return new PidsStats(properties);
        };

        /**
         * Encodes the specified PidsStats message. Does not implicitly {@link grpc.PidsStats.verify|verify} messages.
         * @function encode
         * @memberof grpc.PidsStats
         * @static
         * @param {grpc.PidsStats.$Properties} message PidsStats message or plain object to encode
         * @param {$protobuf.Writer} [writer] Writer to encode to
         * @returns {$protobuf.Writer} Writer
         */
        PidsStats.encode = function (message, writer, _depth) {
            if (!writer)
                writer = $Writer.create();
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            if (message.current != null && $Object.hasOwnProperty.call(message, "current") && (typeof message.current === "object" ? message.current.low || message.current.high : message.current !== 0))
                writer.uint32(/* id 1, wireType 0 =*/8).uint64(message.current);
            if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                for (let i = 0; i < message.$unknowns.length; ++i)
                    writer.raw(message.$unknowns[i]);
            return writer;
        };

        /**
         * Decodes a PidsStats message from the specified reader or buffer.
         * @function decode
         * @memberof grpc.PidsStats
         * @static
         * @param {$protobuf.Reader|Uint8Array} reader Reader or buffer to decode from
         * @param {number} [length] Message length if known beforehand
         * @returns {grpc.PidsStats & grpc.PidsStats.$Shape} PidsStats
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        PidsStats.decode = function (reader, length, _end, _depth, _target) {
            if (!(reader instanceof $Reader))
                reader = $Reader.create(reader);
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $Reader.recursionLimit)
                throw $Error("max depth exceeded");
            let end, message, value;
            if (length === $undefined)
                end = reader.len;
            else {
                end = reader.pos + length;
                if (end > reader.len)
                    throw $RangeError("index out of range");
                length = reader.len;
                reader.len = end;
            }
            message = _target || new $root.grpc.PidsStats();
            while (reader.pos < end) {
                let start = reader.pos;
                let tag = reader.tag();
                if (tag === _end) {
                    _end = $undefined;
                    break;
                }
                let wireType = tag & 7;
                switch (tag >>>= 3) {
                case 1: {
                        if (wireType !== 0)
                            break;
                        if (typeof (value = reader.uint64()) === "object" ? value.low || value.high : value !== 0)
                            message.current = value;
                        else
                            delete message.current;
                        continue;
                    }
                }
                reader.skipType(wireType, _depth, tag);
                if (!reader.discardUnknown) {
                    $util.makeProp(message, "$unknowns", false);
                    (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                }
            }
            if (length !== $undefined) {
                if (reader.pos !== end)
                    throw $RangeError("index out of range");
                reader.len = length;
            }
            if (_end !== $undefined)
                throw $Error("missing end group");
            return message;
        };

        /**
         * Gets the type url for PidsStats
         * @function getTypeUrl
         * @memberof grpc.PidsStats
         * @static
         * @param {string} [prefix] Custom type url prefix, defaults to `"type.googleapis.com"`
         * @returns {string} The type url
         */
        PidsStats.getTypeUrl = function(prefix) {
            if (prefix === $undefined)
                prefix = "type.googleapis.com";
            return prefix + "/grpc.PidsStats";
        };

        return PidsStats;
    })();

    grpc.CgroupStats = (function() {

        /**
         * Properties of a CgroupStats.
         * @typedef {Object} grpc.CgroupStats.$Properties
         * @property {grpc.CpuStats.$Properties|null} [cpuStats] CgroupStats cpuStats
         * @property {grpc.MemoryStats.$Properties|null} [memoryStats] CgroupStats memoryStats
         * @property {grpc.PidsStats.$Properties|null} [pidsStats] CgroupStats pidsStats
         * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
         */

        /**
         * Properties of a CgroupStats.
         * @memberof grpc
         * @interface ICgroupStats
         * @augments grpc.CgroupStats.$Properties
         * @deprecated Use grpc.CgroupStats.$Properties instead.
         */

        /**
         * Shape of a CgroupStats.
         * @typedef {grpc.CgroupStats.$Properties} grpc.CgroupStats.$Shape
         */

        /**
         * Constructs a new CgroupStats.
         * @memberof grpc
         * @classdesc Represents a CgroupStats.
         * @constructor
         * @param {grpc.CgroupStats.$Properties=} [properties] Properties to set
         * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
         */
        const CgroupStats = function (properties) {
            if (properties)
                for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                    if (properties[keys[i]] != null && keys[i] !== "__proto__")
                        this[keys[i]] = properties[keys[i]];
        };

        /**
         * CgroupStats cpuStats.
         * @member {grpc.CpuStats.$Properties|null|undefined} cpuStats
         * @memberof grpc.CgroupStats
         * @instance
         */
        CgroupStats.prototype.cpuStats = null;

        /**
         * CgroupStats memoryStats.
         * @member {grpc.MemoryStats.$Properties|null|undefined} memoryStats
         * @memberof grpc.CgroupStats
         * @instance
         */
        CgroupStats.prototype.memoryStats = null;

        /**
         * CgroupStats pidsStats.
         * @member {grpc.PidsStats.$Properties|null|undefined} pidsStats
         * @memberof grpc.CgroupStats
         * @instance
         */
        CgroupStats.prototype.pidsStats = null;

        /**
         * Creates a new CgroupStats instance using the specified properties.
         * @function create
         * @memberof grpc.CgroupStats
         * @static
         * @param {grpc.CgroupStats.$Properties=} [properties] Properties to set
         * @returns {grpc.CgroupStats} CgroupStats instance
         * @type {{
         *   (properties: grpc.CgroupStats.$Shape): grpc.CgroupStats & grpc.CgroupStats.$Shape;
         *   (properties?: grpc.CgroupStats.$Properties): grpc.CgroupStats;
         * }}
         */
        CgroupStats.create = function(properties) {
            return new CgroupStats(properties);
        };

        /**
         * Encodes the specified CgroupStats message. Does not implicitly {@link grpc.CgroupStats.verify|verify} messages.
         * @function encode
         * @memberof grpc.CgroupStats
         * @static
         * @param {grpc.CgroupStats.$Properties} message CgroupStats message or plain object to encode
         * @param {$protobuf.Writer} [writer] Writer to encode to
         * @returns {$protobuf.Writer} Writer
         */
        CgroupStats.encode = function (message, writer, _depth) {
            if (!writer)
                writer = $Writer.create();
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            if (message.cpuStats != null && $Object.hasOwnProperty.call(message, "cpuStats"))
                $root.grpc.CpuStats.encode(message.cpuStats, writer.uint32(/* id 1, wireType 2 =*/10).fork(), _depth + 1).ldelim();
            if (message.memoryStats != null && $Object.hasOwnProperty.call(message, "memoryStats"))
                $root.grpc.MemoryStats.encode(message.memoryStats, writer.uint32(/* id 2, wireType 2 =*/18).fork(), _depth + 1).ldelim();
            if (message.pidsStats != null && $Object.hasOwnProperty.call(message, "pidsStats"))
                $root.grpc.PidsStats.encode(message.pidsStats, writer.uint32(/* id 3, wireType 2 =*/26).fork(), _depth + 1).ldelim();
            if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                for (let i = 0; i < message.$unknowns.length; ++i)
                    writer.raw(message.$unknowns[i]);
            return writer;
        };

        /**
         * Decodes a CgroupStats message from the specified reader or buffer.
         * @function decode
         * @memberof grpc.CgroupStats
         * @static
         * @param {$protobuf.Reader|Uint8Array} reader Reader or buffer to decode from
         * @param {number} [length] Message length if known beforehand
         * @returns {grpc.CgroupStats & grpc.CgroupStats.$Shape} CgroupStats
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        CgroupStats.decode = function (reader, length, _end, _depth, _target) {
            if (!(reader instanceof $Reader))
                reader = $Reader.create(reader);
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $Reader.recursionLimit)
                throw $Error("max depth exceeded");
            let end, message, value;
            if (length === $undefined)
                end = reader.len;
            else {
                end = reader.pos + length;
                if (end > reader.len)
                    throw $RangeError("index out of range");
                length = reader.len;
                reader.len = end;
            }
            message = _target || new $root.grpc.CgroupStats();
            while (reader.pos < end) {
                let start = reader.pos;
                let tag = reader.tag();
                if (tag === _end) {
                    _end = $undefined;
                    break;
                }
                let wireType = tag & 7;
                switch (tag >>>= 3) {
                case 1: {
                        if (wireType !== 2)
                            break;
                        message.cpuStats = $root.grpc.CpuStats.decode(reader, reader.size(), $undefined, _depth + 1, message.cpuStats);
                        continue;
                    }
                case 2: {
                        if (wireType !== 2)
                            break;
                        message.memoryStats = $root.grpc.MemoryStats.decode(reader, reader.size(), $undefined, _depth + 1, message.memoryStats);
                        continue;
                    }
                case 3: {
                        if (wireType !== 2)
                            break;
                        message.pidsStats = $root.grpc.PidsStats.decode(reader, reader.size(), $undefined, _depth + 1, message.pidsStats);
                        continue;
                    }
                }
                reader.skipType(wireType, _depth, tag);
                if (!reader.discardUnknown) {
                    $util.makeProp(message, "$unknowns", false);
                    (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                }
            }
            if (length !== $undefined) {
                if (reader.pos !== end)
                    throw $RangeError("index out of range");
                reader.len = length;
            }
            if (_end !== $undefined)
                throw $Error("missing end group");
            return message;
        };

        /**
         * Gets the type url for CgroupStats
         * @function getTypeUrl
         * @memberof grpc.CgroupStats
         * @static
         * @param {string} [prefix] Custom type url prefix, defaults to `"type.googleapis.com"`
         * @returns {string} The type url
         */
        CgroupStats.getTypeUrl = function(prefix) {
            if (prefix === $undefined)
                prefix = "type.googleapis.com";
            return prefix + "/grpc.CgroupStats";
        };

        return CgroupStats;
    })();

    grpc.NetworkStats = (function() {

        /**
         * Properties of a NetworkStats.
         * @typedef {Object} grpc.NetworkStats.$Properties
         * @property {string|null} [name] NetworkStats name
         * @property {Long|null} [rxBytes] NetworkStats rxBytes
         * @property {Long|null} [rxPackets] NetworkStats rxPackets
         * @property {Long|null} [rxErrors] NetworkStats rxErrors
         * @property {Long|null} [rxDropped] NetworkStats rxDropped
         * @property {Long|null} [txBytes] NetworkStats txBytes
         * @property {Long|null} [txPackets] NetworkStats txPackets
         * @property {Long|null} [txErrors] NetworkStats txErrors
         * @property {Long|null} [txDropped] NetworkStats txDropped
         * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
         */

        /**
         * Properties of a NetworkStats.
         * @memberof grpc
         * @interface INetworkStats
         * @augments grpc.NetworkStats.$Properties
         * @deprecated Use grpc.NetworkStats.$Properties instead.
         */

        /**
         * Shape of a NetworkStats.
         * @typedef {grpc.NetworkStats.$Properties} grpc.NetworkStats.$Shape
         */

        /**
         * Constructs a new NetworkStats.
         * @memberof grpc
         * @classdesc Represents a NetworkStats.
         * @constructor
         * @param {grpc.NetworkStats.$Properties=} [properties] Properties to set
         * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
         */
        const NetworkStats = function (properties) {
            if (properties)
                for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                    if (properties[keys[i]] != null && keys[i] !== "__proto__")
                        this[keys[i]] = properties[keys[i]];
        };

        /**
         * NetworkStats name.
         * @member {string} name
         * @memberof grpc.NetworkStats
         * @instance
         */
        NetworkStats.prototype.name = "";

        /**
         * NetworkStats rxBytes.
         * @member {Long} rxBytes
         * @memberof grpc.NetworkStats
         * @instance
         */
        NetworkStats.prototype.rxBytes = $util.Long ? $util.Long.fromBits(0,0,true) : 0;

        /**
         * NetworkStats rxPackets.
         * @member {Long} rxPackets
         * @memberof grpc.NetworkStats
         * @instance
         */
        NetworkStats.prototype.rxPackets = $util.Long ? $util.Long.fromBits(0,0,true) : 0;

        /**
         * NetworkStats rxErrors.
         * @member {Long} rxErrors
         * @memberof grpc.NetworkStats
         * @instance
         */
        NetworkStats.prototype.rxErrors = $util.Long ? $util.Long.fromBits(0,0,true) : 0;

        /**
         * NetworkStats rxDropped.
         * @member {Long} rxDropped
         * @memberof grpc.NetworkStats
         * @instance
         */
        NetworkStats.prototype.rxDropped = $util.Long ? $util.Long.fromBits(0,0,true) : 0;

        /**
         * NetworkStats txBytes.
         * @member {Long} txBytes
         * @memberof grpc.NetworkStats
         * @instance
         */
        NetworkStats.prototype.txBytes = $util.Long ? $util.Long.fromBits(0,0,true) : 0;

        /**
         * NetworkStats txPackets.
         * @member {Long} txPackets
         * @memberof grpc.NetworkStats
         * @instance
         */
        NetworkStats.prototype.txPackets = $util.Long ? $util.Long.fromBits(0,0,true) : 0;

        /**
         * NetworkStats txErrors.
         * @member {Long} txErrors
         * @memberof grpc.NetworkStats
         * @instance
         */
        NetworkStats.prototype.txErrors = $util.Long ? $util.Long.fromBits(0,0,true) : 0;

        /**
         * NetworkStats txDropped.
         * @member {Long} txDropped
         * @memberof grpc.NetworkStats
         * @instance
         */
        NetworkStats.prototype.txDropped = $util.Long ? $util.Long.fromBits(0,0,true) : 0;

        /**
         * Creates a new NetworkStats instance using the specified properties.
         * @function create
         * @memberof grpc.NetworkStats
         * @static
         * @param {grpc.NetworkStats.$Properties=} [properties] Properties to set
         * @returns {grpc.NetworkStats} NetworkStats instance
         * @type {{
         *   (properties: grpc.NetworkStats.$Shape): grpc.NetworkStats & grpc.NetworkStats.$Shape;
         *   (properties?: grpc.NetworkStats.$Properties): grpc.NetworkStats;
         * }}
         */
        NetworkStats.create = function(properties) {
            return new NetworkStats(properties);
        };

        /**
         * Encodes the specified NetworkStats message. Does not implicitly {@link grpc.NetworkStats.verify|verify} messages.
         * @function encode
         * @memberof grpc.NetworkStats
         * @static
         * @param {grpc.NetworkStats.$Properties} message NetworkStats message or plain object to encode
         * @param {$protobuf.Writer} [writer] Writer to encode to
         * @returns {$protobuf.Writer} Writer
         */
        NetworkStats.encode = function (message, writer, _depth) {
            if (!writer)
                writer = $Writer.create();
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            if (message.name != null && $Object.hasOwnProperty.call(message, "name") && message.name !== "")
                writer.uint32(/* id 1, wireType 2 =*/10).string(message.name);
            if (message.rxBytes != null && $Object.hasOwnProperty.call(message, "rxBytes") && (typeof message.rxBytes === "object" ? message.rxBytes.low || message.rxBytes.high : message.rxBytes !== 0))
                writer.uint32(/* id 2, wireType 0 =*/16).uint64(message.rxBytes);
            if (message.rxPackets != null && $Object.hasOwnProperty.call(message, "rxPackets") && (typeof message.rxPackets === "object" ? message.rxPackets.low || message.rxPackets.high : message.rxPackets !== 0))
                writer.uint32(/* id 3, wireType 0 =*/24).uint64(message.rxPackets);
            if (message.rxErrors != null && $Object.hasOwnProperty.call(message, "rxErrors") && (typeof message.rxErrors === "object" ? message.rxErrors.low || message.rxErrors.high : message.rxErrors !== 0))
                writer.uint32(/* id 4, wireType 0 =*/32).uint64(message.rxErrors);
            if (message.rxDropped != null && $Object.hasOwnProperty.call(message, "rxDropped") && (typeof message.rxDropped === "object" ? message.rxDropped.low || message.rxDropped.high : message.rxDropped !== 0))
                writer.uint32(/* id 5, wireType 0 =*/40).uint64(message.rxDropped);
            if (message.txBytes != null && $Object.hasOwnProperty.call(message, "txBytes") && (typeof message.txBytes === "object" ? message.txBytes.low || message.txBytes.high : message.txBytes !== 0))
                writer.uint32(/* id 6, wireType 0 =*/48).uint64(message.txBytes);
            if (message.txPackets != null && $Object.hasOwnProperty.call(message, "txPackets") && (typeof message.txPackets === "object" ? message.txPackets.low || message.txPackets.high : message.txPackets !== 0))
                writer.uint32(/* id 7, wireType 0 =*/56).uint64(message.txPackets);
            if (message.txErrors != null && $Object.hasOwnProperty.call(message, "txErrors") && (typeof message.txErrors === "object" ? message.txErrors.low || message.txErrors.high : message.txErrors !== 0))
                writer.uint32(/* id 8, wireType 0 =*/64).uint64(message.txErrors);
            if (message.txDropped != null && $Object.hasOwnProperty.call(message, "txDropped") && (typeof message.txDropped === "object" ? message.txDropped.low || message.txDropped.high : message.txDropped !== 0))
                writer.uint32(/* id 9, wireType 0 =*/72).uint64(message.txDropped);
            if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                for (let i = 0; i < message.$unknowns.length; ++i)
                    writer.raw(message.$unknowns[i]);
            return writer;
        };

        /**
         * Decodes a NetworkStats message from the specified reader or buffer.
         * @function decode
         * @memberof grpc.NetworkStats
         * @static
         * @param {$protobuf.Reader|Uint8Array} reader Reader or buffer to decode from
         * @param {number} [length] Message length if known beforehand
         * @returns {grpc.NetworkStats & grpc.NetworkStats.$Shape} NetworkStats
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        NetworkStats.decode = function (reader, length, _end, _depth, _target) {
            if (!(reader instanceof $Reader))
                reader = $Reader.create(reader);
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $Reader.recursionLimit)
                throw $Error("max depth exceeded");
            let end, message, value;
            if (length === $undefined)
                end = reader.len;
            else {
                end = reader.pos + length;
                if (end > reader.len)
                    throw $RangeError("index out of range");
                length = reader.len;
                reader.len = end;
            }
            message = _target || new $root.grpc.NetworkStats();
            while (reader.pos < end) {
                let start = reader.pos;
                let tag = reader.tag();
                if (tag === _end) {
                    _end = $undefined;
                    break;
                }
                let wireType = tag & 7;
                switch (tag >>>= 3) {
                case 1: {
                        if (wireType !== 2)
                            break;
                        if ((value = reader.stringVerify()).length)
                            message.name = value;
                        else
                            delete message.name;
                        continue;
                    }
                case 2: {
                        if (wireType !== 0)
                            break;
                        if (typeof (value = reader.uint64()) === "object" ? value.low || value.high : value !== 0)
                            message.rxBytes = value;
                        else
                            delete message.rxBytes;
                        continue;
                    }
                case 3: {
                        if (wireType !== 0)
                            break;
                        if (typeof (value = reader.uint64()) === "object" ? value.low || value.high : value !== 0)
                            message.rxPackets = value;
                        else
                            delete message.rxPackets;
                        continue;
                    }
                case 4: {
                        if (wireType !== 0)
                            break;
                        if (typeof (value = reader.uint64()) === "object" ? value.low || value.high : value !== 0)
                            message.rxErrors = value;
                        else
                            delete message.rxErrors;
                        continue;
                    }
                case 5: {
                        if (wireType !== 0)
                            break;
                        if (typeof (value = reader.uint64()) === "object" ? value.low || value.high : value !== 0)
                            message.rxDropped = value;
                        else
                            delete message.rxDropped;
                        continue;
                    }
                case 6: {
                        if (wireType !== 0)
                            break;
                        if (typeof (value = reader.uint64()) === "object" ? value.low || value.high : value !== 0)
                            message.txBytes = value;
                        else
                            delete message.txBytes;
                        continue;
                    }
                case 7: {
                        if (wireType !== 0)
                            break;
                        if (typeof (value = reader.uint64()) === "object" ? value.low || value.high : value !== 0)
                            message.txPackets = value;
                        else
                            delete message.txPackets;
                        continue;
                    }
                case 8: {
                        if (wireType !== 0)
                            break;
                        if (typeof (value = reader.uint64()) === "object" ? value.low || value.high : value !== 0)
                            message.txErrors = value;
                        else
                            delete message.txErrors;
                        continue;
                    }
                case 9: {
                        if (wireType !== 0)
                            break;
                        if (typeof (value = reader.uint64()) === "object" ? value.low || value.high : value !== 0)
                            message.txDropped = value;
                        else
                            delete message.txDropped;
                        continue;
                    }
                }
                reader.skipType(wireType, _depth, tag);
                if (!reader.discardUnknown) {
                    $util.makeProp(message, "$unknowns", false);
                    (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                }
            }
            if (length !== $undefined) {
                if (reader.pos !== end)
                    throw $RangeError("index out of range");
                reader.len = length;
            }
            if (_end !== $undefined)
                throw $Error("missing end group");
            return message;
        };

        /**
         * Gets the type url for NetworkStats
         * @function getTypeUrl
         * @memberof grpc.NetworkStats
         * @static
         * @param {string} [prefix] Custom type url prefix, defaults to `"type.googleapis.com"`
         * @returns {string} The type url
         */
        NetworkStats.getTypeUrl = function(prefix) {
            if (prefix === $undefined)
                prefix = "type.googleapis.com";
            return prefix + "/grpc.NetworkStats";
        };

        return NetworkStats;
    })();

    grpc.StatsContainerResponse = (function() {

        /**
         * Properties of a StatsContainerResponse.
         * @typedef {Object} grpc.StatsContainerResponse.$Properties
         * @property {grpc.CgroupStats.$Properties|null} [cgroupStats] StatsContainerResponse cgroupStats
         * @property {Array.<grpc.NetworkStats.$Properties>|null} [networkStats] StatsContainerResponse networkStats
         * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
         */

        /**
         * Properties of a StatsContainerResponse.
         * @memberof grpc
         * @interface IStatsContainerResponse
         * @augments grpc.StatsContainerResponse.$Properties
         * @deprecated Use grpc.StatsContainerResponse.$Properties instead.
         */

        /**
         * Shape of a StatsContainerResponse.
         * @typedef {grpc.StatsContainerResponse.$Properties} grpc.StatsContainerResponse.$Shape
         */

        /**
         * Constructs a new StatsContainerResponse.
         * @memberof grpc
         * @classdesc Represents a StatsContainerResponse.
         * @constructor
         * @param {grpc.StatsContainerResponse.$Properties=} [properties] Properties to set
         * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
         */
        const StatsContainerResponse = function (properties) {
            this.networkStats = [];
            if (properties)
                for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                    if (properties[keys[i]] != null && keys[i] !== "__proto__")
                        this[keys[i]] = properties[keys[i]];
        };

        /**
         * StatsContainerResponse cgroupStats.
         * @member {grpc.CgroupStats.$Properties|null|undefined} cgroupStats
         * @memberof grpc.StatsContainerResponse
         * @instance
         */
        StatsContainerResponse.prototype.cgroupStats = null;

        /**
         * StatsContainerResponse networkStats.
         * @member {Array.<grpc.NetworkStats.$Properties>} networkStats
         * @memberof grpc.StatsContainerResponse
         * @instance
         */
        StatsContainerResponse.prototype.networkStats = $util.emptyArray;

        /**
         * Creates a new StatsContainerResponse instance using the specified properties.
         * @function create
         * @memberof grpc.StatsContainerResponse
         * @static
         * @param {grpc.StatsContainerResponse.$Properties=} [properties] Properties to set
         * @returns {grpc.StatsContainerResponse} StatsContainerResponse instance
         * @type {{
         *   (properties: grpc.StatsContainerResponse.$Shape): grpc.StatsContainerResponse & grpc.StatsContainerResponse.$Shape;
         *   (properties?: grpc.StatsContainerResponse.$Properties): grpc.StatsContainerResponse;
         * }}
         */
        StatsContainerResponse.create = function(properties) {
            return new StatsContainerResponse(properties);
        };

        /**
         * Encodes the specified StatsContainerResponse message. Does not implicitly {@link grpc.StatsContainerResponse.verify|verify} messages.
         * @function encode
         * @memberof grpc.StatsContainerResponse
         * @static
         * @param {grpc.StatsContainerResponse.$Properties} message StatsContainerResponse message or plain object to encode
         * @param {$protobuf.Writer} [writer] Writer to encode to
         * @returns {$protobuf.Writer} Writer
         */
        StatsContainerResponse.encode = function (message, writer, _depth) {
            if (!writer)
                writer = $Writer.create();
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            if (message.cgroupStats != null && $Object.hasOwnProperty.call(message, "cgroupStats"))
                $root.grpc.CgroupStats.encode(message.cgroupStats, writer.uint32(/* id 1, wireType 2 =*/10).fork(), _depth + 1).ldelim();
            if (message.networkStats != null && message.networkStats.length)
                for (let i = 0; i < message.networkStats.length; ++i)
                    $root.grpc.NetworkStats.encode(message.networkStats[i], writer.uint32(/* id 2, wireType 2 =*/18).fork(), _depth + 1).ldelim();
            if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                for (let i = 0; i < message.$unknowns.length; ++i)
                    writer.raw(message.$unknowns[i]);
            return writer;
        };

        /**
         * Decodes a StatsContainerResponse message from the specified reader or buffer.
         * @function decode
         * @memberof grpc.StatsContainerResponse
         * @static
         * @param {$protobuf.Reader|Uint8Array} reader Reader or buffer to decode from
         * @param {number} [length] Message length if known beforehand
         * @returns {grpc.StatsContainerResponse & grpc.StatsContainerResponse.$Shape} StatsContainerResponse
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        StatsContainerResponse.decode = function (reader, length, _end, _depth, _target) {
            if (!(reader instanceof $Reader))
                reader = $Reader.create(reader);
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $Reader.recursionLimit)
                throw $Error("max depth exceeded");
            let end, message, value;
            if (length === $undefined)
                end = reader.len;
            else {
                end = reader.pos + length;
                if (end > reader.len)
                    throw $RangeError("index out of range");
                length = reader.len;
                reader.len = end;
            }
            message = _target || new $root.grpc.StatsContainerResponse();
            while (reader.pos < end) {
                let start = reader.pos;
                let tag = reader.tag();
                if (tag === _end) {
                    _end = $undefined;
                    break;
                }
                let wireType = tag & 7;
                switch (tag >>>= 3) {
                case 1: {
                        if (wireType !== 2)
                            break;
                        message.cgroupStats = $root.grpc.CgroupStats.decode(reader, reader.size(), $undefined, _depth + 1, message.cgroupStats);
                        continue;
                    }
                case 2: {
                        if (wireType !== 2)
                            break;
                        if (!(message.networkStats && message.networkStats.length))
                            message.networkStats = [];
                        message.networkStats.push($root.grpc.NetworkStats.decode(reader, reader.size(), $undefined, _depth + 1));
                        continue;
                    }
                }
                reader.skipType(wireType, _depth, tag);
                if (!reader.discardUnknown) {
                    $util.makeProp(message, "$unknowns", false);
                    (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                }
            }
            if (length !== $undefined) {
                if (reader.pos !== end)
                    throw $RangeError("index out of range");
                reader.len = length;
            }
            if (_end !== $undefined)
                throw $Error("missing end group");
            return message;
        };

        /**
         * Gets the type url for StatsContainerResponse
         * @function getTypeUrl
         * @memberof grpc.StatsContainerResponse
         * @static
         * @param {string} [prefix] Custom type url prefix, defaults to `"type.googleapis.com"`
         * @returns {string} The type url
         */
        StatsContainerResponse.getTypeUrl = function(prefix) {
            if (prefix === $undefined)
                prefix = "type.googleapis.com";
            return prefix + "/grpc.StatsContainerResponse";
        };

        return StatsContainerResponse;
    })();

    grpc.AgentDetails = (function() {

        /**
         * Properties of an AgentDetails.
         * @typedef {Object} grpc.AgentDetails.$Properties
         * @property {string|null} [version] AgentDetails version
         * @property {boolean|null} [initDaemon] AgentDetails initDaemon
         * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
         */

        /**
         * Properties of an AgentDetails.
         * @memberof grpc
         * @interface IAgentDetails
         * @augments grpc.AgentDetails.$Properties
         * @deprecated Use grpc.AgentDetails.$Properties instead.
         */

        /**
         * Shape of an AgentDetails.
         * @typedef {grpc.AgentDetails.$Properties} grpc.AgentDetails.$Shape
         */

        /**
         * Constructs a new AgentDetails.
         * @memberof grpc
         * @classdesc Represents an AgentDetails.
         * @constructor
         * @param {grpc.AgentDetails.$Properties=} [properties] Properties to set
         * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
         */
        const AgentDetails = function (properties) {
            if (properties)
                for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                    if (properties[keys[i]] != null && keys[i] !== "__proto__")
                        this[keys[i]] = properties[keys[i]];
        };

        /**
         * AgentDetails version.
         * @member {string} version
         * @memberof grpc.AgentDetails
         * @instance
         */
        AgentDetails.prototype.version = "";

        /**
         * AgentDetails initDaemon.
         * @member {boolean} initDaemon
         * @memberof grpc.AgentDetails
         * @instance
         */
        AgentDetails.prototype.initDaemon = false;

        /**
         * Creates a new AgentDetails instance using the specified properties.
         * @function create
         * @memberof grpc.AgentDetails
         * @static
         * @param {grpc.AgentDetails.$Properties=} [properties] Properties to set
         * @returns {grpc.AgentDetails} AgentDetails instance
         * @type {{
         *   (properties: grpc.AgentDetails.$Shape): grpc.AgentDetails & grpc.AgentDetails.$Shape;
         *   (properties?: grpc.AgentDetails.$Properties): grpc.AgentDetails;
         * }}
         */
        AgentDetails.create = function(properties) {
            return new AgentDetails(properties);
        };

        /**
         * Encodes the specified AgentDetails message. Does not implicitly {@link grpc.AgentDetails.verify|verify} messages.
         * @function encode
         * @memberof grpc.AgentDetails
         * @static
         * @param {grpc.AgentDetails.$Properties} message AgentDetails message or plain object to encode
         * @param {$protobuf.Writer} [writer] Writer to encode to
         * @returns {$protobuf.Writer} Writer
         */
        AgentDetails.encode = function (message, writer, _depth) {
            if (!writer)
                writer = $Writer.create();
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            if (message.version != null && $Object.hasOwnProperty.call(message, "version") && message.version !== "")
                writer.uint32(/* id 1, wireType 2 =*/10).string(message.version);
            if (message.initDaemon != null && $Object.hasOwnProperty.call(message, "initDaemon") && message.initDaemon !== false)
                writer.uint32(/* id 2, wireType 0 =*/16).bool(message.initDaemon);
            if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                for (let i = 0; i < message.$unknowns.length; ++i)
                    writer.raw(message.$unknowns[i]);
            return writer;
        };

        /**
         * Decodes an AgentDetails message from the specified reader or buffer.
         * @function decode
         * @memberof grpc.AgentDetails
         * @static
         * @param {$protobuf.Reader|Uint8Array} reader Reader or buffer to decode from
         * @param {number} [length] Message length if known beforehand
         * @returns {grpc.AgentDetails & grpc.AgentDetails.$Shape} AgentDetails
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        AgentDetails.decode = function (reader, length, _end, _depth, _target) {
            if (!(reader instanceof $Reader))
                reader = $Reader.create(reader);
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $Reader.recursionLimit)
                throw $Error("max depth exceeded");
            let end, message, value;
            if (length === $undefined)
                end = reader.len;
            else {
                end = reader.pos + length;
                if (end > reader.len)
                    throw $RangeError("index out of range");
                length = reader.len;
                reader.len = end;
            }
            message = _target || new $root.grpc.AgentDetails();
            while (reader.pos < end) {
                let start = reader.pos;
                let tag = reader.tag();
                if (tag === _end) {
                    _end = $undefined;
                    break;
                }
                let wireType = tag & 7;
                switch (tag >>>= 3) {
                case 1: {
                        if (wireType !== 2)
                            break;
                        if ((value = reader.stringVerify()).length)
                            message.version = value;
                        else
                            delete message.version;
                        continue;
                    }
                case 2: {
                        if (wireType !== 0)
                            break;
                        if (value = reader.bool())
                            message.initDaemon = value;
                        else
                            delete message.initDaemon;
                        continue;
                    }
                }
                reader.skipType(wireType, _depth, tag);
                if (!reader.discardUnknown) {
                    $util.makeProp(message, "$unknowns", false);
                    (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                }
            }
            if (length !== $undefined) {
                if (reader.pos !== end)
                    throw $RangeError("index out of range");
                reader.len = length;
            }
            if (_end !== $undefined)
                throw $Error("missing end group");
            return message;
        };

        /**
         * Gets the type url for AgentDetails
         * @function getTypeUrl
         * @memberof grpc.AgentDetails
         * @static
         * @param {string} [prefix] Custom type url prefix, defaults to `"type.googleapis.com"`
         * @returns {string} The type url
         */
        AgentDetails.getTypeUrl = function(prefix) {
            if (prefix === $undefined)
                prefix = "type.googleapis.com";
            return prefix + "/grpc.AgentDetails";
        };

        return AgentDetails;
    })();

    grpc.GuestDetailsResponse = (function() {

        /**
         * Properties of a GuestDetailsResponse.
         * @typedef {Object} grpc.GuestDetailsResponse.$Properties
         * @property {grpc.AgentDetails.$Properties|null} [agentDetails] GuestDetailsResponse agentDetails
         * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
         */

        /**
         * Properties of a GuestDetailsResponse.
         * @memberof grpc
         * @interface IGuestDetailsResponse
         * @augments grpc.GuestDetailsResponse.$Properties
         * @deprecated Use grpc.GuestDetailsResponse.$Properties instead.
         */

        /**
         * Shape of a GuestDetailsResponse.
         * @typedef {grpc.GuestDetailsResponse.$Properties} grpc.GuestDetailsResponse.$Shape
         */

        /**
         * Constructs a new GuestDetailsResponse.
         * @memberof grpc
         * @classdesc Represents a GuestDetailsResponse.
         * @constructor
         * @param {grpc.GuestDetailsResponse.$Properties=} [properties] Properties to set
         * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
         */
        const GuestDetailsResponse = function (properties) {
            if (properties)
                for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                    if (properties[keys[i]] != null && keys[i] !== "__proto__")
                        this[keys[i]] = properties[keys[i]];
        };

        /**
         * GuestDetailsResponse agentDetails.
         * @member {grpc.AgentDetails.$Properties|null|undefined} agentDetails
         * @memberof grpc.GuestDetailsResponse
         * @instance
         */
        GuestDetailsResponse.prototype.agentDetails = null;

        /**
         * Creates a new GuestDetailsResponse instance using the specified properties.
         * @function create
         * @memberof grpc.GuestDetailsResponse
         * @static
         * @param {grpc.GuestDetailsResponse.$Properties=} [properties] Properties to set
         * @returns {grpc.GuestDetailsResponse} GuestDetailsResponse instance
         * @type {{
         *   (properties: grpc.GuestDetailsResponse.$Shape): grpc.GuestDetailsResponse & grpc.GuestDetailsResponse.$Shape;
         *   (properties?: grpc.GuestDetailsResponse.$Properties): grpc.GuestDetailsResponse;
         * }}
         */
        GuestDetailsResponse.create = function(properties) {
            return new GuestDetailsResponse(properties);
        };

        /**
         * Encodes the specified GuestDetailsResponse message. Does not implicitly {@link grpc.GuestDetailsResponse.verify|verify} messages.
         * @function encode
         * @memberof grpc.GuestDetailsResponse
         * @static
         * @param {grpc.GuestDetailsResponse.$Properties} message GuestDetailsResponse message or plain object to encode
         * @param {$protobuf.Writer} [writer] Writer to encode to
         * @returns {$protobuf.Writer} Writer
         */
        GuestDetailsResponse.encode = function (message, writer, _depth) {
            if (!writer)
                writer = $Writer.create();
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            if (message.agentDetails != null && $Object.hasOwnProperty.call(message, "agentDetails"))
                $root.grpc.AgentDetails.encode(message.agentDetails, writer.uint32(/* id 2, wireType 2 =*/18).fork(), _depth + 1).ldelim();
            if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                for (let i = 0; i < message.$unknowns.length; ++i)
                    writer.raw(message.$unknowns[i]);
            return writer;
        };

        /**
         * Decodes a GuestDetailsResponse message from the specified reader or buffer.
         * @function decode
         * @memberof grpc.GuestDetailsResponse
         * @static
         * @param {$protobuf.Reader|Uint8Array} reader Reader or buffer to decode from
         * @param {number} [length] Message length if known beforehand
         * @returns {grpc.GuestDetailsResponse & grpc.GuestDetailsResponse.$Shape} GuestDetailsResponse
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        GuestDetailsResponse.decode = function (reader, length, _end, _depth, _target) {
            if (!(reader instanceof $Reader))
                reader = $Reader.create(reader);
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $Reader.recursionLimit)
                throw $Error("max depth exceeded");
            let end, message, value;
            if (length === $undefined)
                end = reader.len;
            else {
                end = reader.pos + length;
                if (end > reader.len)
                    throw $RangeError("index out of range");
                length = reader.len;
                reader.len = end;
            }
            message = _target || new $root.grpc.GuestDetailsResponse();
            while (reader.pos < end) {
                let start = reader.pos;
                let tag = reader.tag();
                if (tag === _end) {
                    _end = $undefined;
                    break;
                }
                let wireType = tag & 7;
                switch (tag >>>= 3) {
                case 2: {
                        if (wireType !== 2)
                            break;
                        message.agentDetails = $root.grpc.AgentDetails.decode(reader, reader.size(), $undefined, _depth + 1, message.agentDetails);
                        continue;
                    }
                }
                reader.skipType(wireType, _depth, tag);
                if (!reader.discardUnknown) {
                    $util.makeProp(message, "$unknowns", false);
                    (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                }
            }
            if (length !== $undefined) {
                if (reader.pos !== end)
                    throw $RangeError("index out of range");
                reader.len = length;
            }
            if (_end !== $undefined)
                throw $Error("missing end group");
            return message;
        };

        /**
         * Gets the type url for GuestDetailsResponse
         * @function getTypeUrl
         * @memberof grpc.GuestDetailsResponse
         * @static
         * @param {string} [prefix] Custom type url prefix, defaults to `"type.googleapis.com"`
         * @returns {string} The type url
         */
        GuestDetailsResponse.getTypeUrl = function(prefix) {
            if (prefix === $undefined)
                prefix = "type.googleapis.com";
            return prefix + "/grpc.GuestDetailsResponse";
        };

        return GuestDetailsResponse;
    })();

    grpc.CopyFileRequest = (function() {

        /**
         * Properties of a CopyFileRequest.
         * @typedef {Object} grpc.CopyFileRequest.$Properties
         * @property {string|null} [path] CopyFileRequest path
         * @property {Long|null} [fileSize] CopyFileRequest fileSize
         * @property {number|null} [fileMode] CopyFileRequest fileMode
         * @property {number|null} [dirMode] CopyFileRequest dirMode
         * @property {number|null} [uid] CopyFileRequest uid
         * @property {number|null} [gid] CopyFileRequest gid
         * @property {Long|null} [offset] CopyFileRequest offset
         * @property {Uint8Array|null} [data] CopyFileRequest data
         * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
         */

        /**
         * Properties of a CopyFileRequest.
         * @memberof grpc
         * @interface ICopyFileRequest
         * @augments grpc.CopyFileRequest.$Properties
         * @deprecated Use grpc.CopyFileRequest.$Properties instead.
         */

        /**
         * Shape of a CopyFileRequest.
         * @typedef {grpc.CopyFileRequest.$Properties} grpc.CopyFileRequest.$Shape
         */

        /**
         * Constructs a new CopyFileRequest.
         * @memberof grpc
         * @classdesc Represents a CopyFileRequest.
         * @constructor
         * @param {grpc.CopyFileRequest.$Properties=} [properties] Properties to set
         * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
         */
        const CopyFileRequest = function (properties) {
            if (properties)
                for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                    if (properties[keys[i]] != null && keys[i] !== "__proto__")
                        this[keys[i]] = properties[keys[i]];
        };

        /**
         * CopyFileRequest path.
         * @member {string} path
         * @memberof grpc.CopyFileRequest
         * @instance
         */
        CopyFileRequest.prototype.path = "";

        /**
         * CopyFileRequest fileSize.
         * @member {Long} fileSize
         * @memberof grpc.CopyFileRequest
         * @instance
         */
        CopyFileRequest.prototype.fileSize = $util.Long ? $util.Long.fromBits(0,0,false) : 0;

        /**
         * CopyFileRequest fileMode.
         * @member {number} fileMode
         * @memberof grpc.CopyFileRequest
         * @instance
         */
        CopyFileRequest.prototype.fileMode = 0;

        /**
         * CopyFileRequest dirMode.
         * @member {number} dirMode
         * @memberof grpc.CopyFileRequest
         * @instance
         */
        CopyFileRequest.prototype.dirMode = 0;

        /**
         * CopyFileRequest uid.
         * @member {number} uid
         * @memberof grpc.CopyFileRequest
         * @instance
         */
        CopyFileRequest.prototype.uid = 0;

        /**
         * CopyFileRequest gid.
         * @member {number} gid
         * @memberof grpc.CopyFileRequest
         * @instance
         */
        CopyFileRequest.prototype.gid = 0;

        /**
         * CopyFileRequest offset.
         * @member {Long} offset
         * @memberof grpc.CopyFileRequest
         * @instance
         */
        CopyFileRequest.prototype.offset = $util.Long ? $util.Long.fromBits(0,0,false) : 0;

        /**
         * CopyFileRequest data.
         * @member {Uint8Array} data
         * @memberof grpc.CopyFileRequest
         * @instance
         */
        CopyFileRequest.prototype.data = $util.newBuffer([]);

        /**
         * Creates a new CopyFileRequest instance using the specified properties.
         * @function create
         * @memberof grpc.CopyFileRequest
         * @static
         * @param {grpc.CopyFileRequest.$Properties=} [properties] Properties to set
         * @returns {grpc.CopyFileRequest} CopyFileRequest instance
         * @type {{
         *   (properties: grpc.CopyFileRequest.$Shape): grpc.CopyFileRequest & grpc.CopyFileRequest.$Shape;
         *   (properties?: grpc.CopyFileRequest.$Properties): grpc.CopyFileRequest;
         * }}
         */
        CopyFileRequest.create = function(properties) {
            return new CopyFileRequest(properties);
        };

        /**
         * Encodes the specified CopyFileRequest message. Does not implicitly {@link grpc.CopyFileRequest.verify|verify} messages.
         * @function encode
         * @memberof grpc.CopyFileRequest
         * @static
         * @param {grpc.CopyFileRequest.$Properties} message CopyFileRequest message or plain object to encode
         * @param {$protobuf.Writer} [writer] Writer to encode to
         * @returns {$protobuf.Writer} Writer
         */
        CopyFileRequest.encode = function (message, writer, _depth) {
            if (!writer)
                writer = $Writer.create();
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            if (message.path != null && $Object.hasOwnProperty.call(message, "path") && message.path !== "")
                writer.uint32(/* id 1, wireType 2 =*/10).string(message.path);
            if (message.fileSize != null && $Object.hasOwnProperty.call(message, "fileSize") && (typeof message.fileSize === "object" ? message.fileSize.low || message.fileSize.high : message.fileSize !== 0))
                writer.uint32(/* id 2, wireType 0 =*/16).int64(message.fileSize);
            if (message.fileMode != null && $Object.hasOwnProperty.call(message, "fileMode") && message.fileMode !== 0)
                writer.uint32(/* id 3, wireType 0 =*/24).uint32(message.fileMode);
            if (message.dirMode != null && $Object.hasOwnProperty.call(message, "dirMode") && message.dirMode !== 0)
                writer.uint32(/* id 4, wireType 0 =*/32).uint32(message.dirMode);
            if (message.uid != null && $Object.hasOwnProperty.call(message, "uid") && message.uid !== 0)
                writer.uint32(/* id 5, wireType 0 =*/40).int32(message.uid);
            if (message.gid != null && $Object.hasOwnProperty.call(message, "gid") && message.gid !== 0)
                writer.uint32(/* id 6, wireType 0 =*/48).int32(message.gid);
            if (message.offset != null && $Object.hasOwnProperty.call(message, "offset") && (typeof message.offset === "object" ? message.offset.low || message.offset.high : message.offset !== 0))
                writer.uint32(/* id 7, wireType 0 =*/56).int64(message.offset);
            if (message.data != null && $Object.hasOwnProperty.call(message, "data") && message.data.length)
                writer.uint32(/* id 8, wireType 2 =*/66).bytes(message.data);
            if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                for (let i = 0; i < message.$unknowns.length; ++i)
                    writer.raw(message.$unknowns[i]);
            return writer;
        };

        /**
         * Decodes a CopyFileRequest message from the specified reader or buffer.
         * @function decode
         * @memberof grpc.CopyFileRequest
         * @static
         * @param {$protobuf.Reader|Uint8Array} reader Reader or buffer to decode from
         * @param {number} [length] Message length if known beforehand
         * @returns {grpc.CopyFileRequest & grpc.CopyFileRequest.$Shape} CopyFileRequest
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        CopyFileRequest.decode = function (reader, length, _end, _depth, _target) {
            if (!(reader instanceof $Reader))
                reader = $Reader.create(reader);
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $Reader.recursionLimit)
                throw $Error("max depth exceeded");
            let end, message, value;
            if (length === $undefined)
                end = reader.len;
            else {
                end = reader.pos + length;
                if (end > reader.len)
                    throw $RangeError("index out of range");
                length = reader.len;
                reader.len = end;
            }
            message = _target || new $root.grpc.CopyFileRequest();
            while (reader.pos < end) {
                let start = reader.pos;
                let tag = reader.tag();
                if (tag === _end) {
                    _end = $undefined;
                    break;
                }
                let wireType = tag & 7;
                switch (tag >>>= 3) {
                case 1: {
                        if (wireType !== 2)
                            break;
                        if ((value = reader.stringVerify()).length)
                            message.path = value;
                        else
                            delete message.path;
                        continue;
                    }
                case 2: {
                        if (wireType !== 0)
                            break;
                        if (typeof (value = reader.int64()) === "object" ? value.low || value.high : value !== 0)
                            message.fileSize = value;
                        else
                            delete message.fileSize;
                        continue;
                    }
                case 3: {
                        if (wireType !== 0)
                            break;
                        if (value = reader.uint32())
                            message.fileMode = value;
                        else
                            delete message.fileMode;
                        continue;
                    }
                case 4: {
                        if (wireType !== 0)
                            break;
                        if (value = reader.uint32())
                            message.dirMode = value;
                        else
                            delete message.dirMode;
                        continue;
                    }
                case 5: {
                        if (wireType !== 0)
                            break;
                        if (value = reader.int32())
                            message.uid = value;
                        else
                            delete message.uid;
                        continue;
                    }
                case 6: {
                        if (wireType !== 0)
                            break;
                        if (value = reader.int32())
                            message.gid = value;
                        else
                            delete message.gid;
                        continue;
                    }
                case 7: {
                        if (wireType !== 0)
                            break;
                        if (typeof (value = reader.int64()) === "object" ? value.low || value.high : value !== 0)
                            message.offset = value;
                        else
                            delete message.offset;
                        continue;
                    }
                case 8: {
                        if (wireType !== 2)
                            break;
                        if ((value = reader.bytes()).length)
                            message.data = value;
                        else
                            delete message.data;
                        continue;
                    }
                }
                reader.skipType(wireType, _depth, tag);
                if (!reader.discardUnknown) {
                    $util.makeProp(message, "$unknowns", false);
                    (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                }
            }
            if (length !== $undefined) {
                if (reader.pos !== end)
                    throw $RangeError("index out of range");
                reader.len = length;
            }
            if (_end !== $undefined)
                throw $Error("missing end group");
            return message;
        };

        /**
         * Gets the type url for CopyFileRequest
         * @function getTypeUrl
         * @memberof grpc.CopyFileRequest
         * @static
         * @param {string} [prefix] Custom type url prefix, defaults to `"type.googleapis.com"`
         * @returns {string} The type url
         */
        CopyFileRequest.getTypeUrl = function(prefix) {
            if (prefix === $undefined)
                prefix = "type.googleapis.com";
            return prefix + "/grpc.CopyFileRequest";
        };

        return CopyFileRequest;
    })();

    grpc.GetDiagnosticDataRequest = (function() {

        /**
         * Properties of a GetDiagnosticDataRequest.
         * @typedef {Object} grpc.GetDiagnosticDataRequest.$Properties
         * @property {string|null} [logType] GetDiagnosticDataRequest logType
         * @property {string|null} [containerId] GetDiagnosticDataRequest containerId
         * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
         */

        /**
         * Properties of a GetDiagnosticDataRequest.
         * @memberof grpc
         * @interface IGetDiagnosticDataRequest
         * @augments grpc.GetDiagnosticDataRequest.$Properties
         * @deprecated Use grpc.GetDiagnosticDataRequest.$Properties instead.
         */

        /**
         * Shape of a GetDiagnosticDataRequest.
         * @typedef {grpc.GetDiagnosticDataRequest.$Properties} grpc.GetDiagnosticDataRequest.$Shape
         */

        /**
         * Constructs a new GetDiagnosticDataRequest.
         * @memberof grpc
         * @classdesc Represents a GetDiagnosticDataRequest.
         * @constructor
         * @param {grpc.GetDiagnosticDataRequest.$Properties=} [properties] Properties to set
         * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
         */
        const GetDiagnosticDataRequest = function (properties) {
            if (properties)
                for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                    if (properties[keys[i]] != null && keys[i] !== "__proto__")
                        this[keys[i]] = properties[keys[i]];
        };

        /**
         * GetDiagnosticDataRequest logType.
         * @member {string} logType
         * @memberof grpc.GetDiagnosticDataRequest
         * @instance
         */
        GetDiagnosticDataRequest.prototype.logType = "";

        /**
         * GetDiagnosticDataRequest containerId.
         * @member {string} containerId
         * @memberof grpc.GetDiagnosticDataRequest
         * @instance
         */
        GetDiagnosticDataRequest.prototype.containerId = "";

        /**
         * Creates a new GetDiagnosticDataRequest instance using the specified properties.
         * @function create
         * @memberof grpc.GetDiagnosticDataRequest
         * @static
         * @param {grpc.GetDiagnosticDataRequest.$Properties=} [properties] Properties to set
         * @returns {grpc.GetDiagnosticDataRequest} GetDiagnosticDataRequest instance
         * @type {{
         *   (properties: grpc.GetDiagnosticDataRequest.$Shape): grpc.GetDiagnosticDataRequest & grpc.GetDiagnosticDataRequest.$Shape;
         *   (properties?: grpc.GetDiagnosticDataRequest.$Properties): grpc.GetDiagnosticDataRequest;
         * }}
         */
        GetDiagnosticDataRequest.create = function(properties) {
            return new GetDiagnosticDataRequest(properties);
        };

        /**
         * Encodes the specified GetDiagnosticDataRequest message. Does not implicitly {@link grpc.GetDiagnosticDataRequest.verify|verify} messages.
         * @function encode
         * @memberof grpc.GetDiagnosticDataRequest
         * @static
         * @param {grpc.GetDiagnosticDataRequest.$Properties} message GetDiagnosticDataRequest message or plain object to encode
         * @param {$protobuf.Writer} [writer] Writer to encode to
         * @returns {$protobuf.Writer} Writer
         */
        GetDiagnosticDataRequest.encode = function (message, writer, _depth) {
            if (!writer)
                writer = $Writer.create();
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            if (message.logType != null && $Object.hasOwnProperty.call(message, "logType") && message.logType !== "")
                writer.uint32(/* id 1, wireType 2 =*/10).string(message.logType);
            if (message.containerId != null && $Object.hasOwnProperty.call(message, "containerId") && message.containerId !== "")
                writer.uint32(/* id 2, wireType 2 =*/18).string(message.containerId);
            if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                for (let i = 0; i < message.$unknowns.length; ++i)
                    writer.raw(message.$unknowns[i]);
            return writer;
        };

        /**
         * Decodes a GetDiagnosticDataRequest message from the specified reader or buffer.
         * @function decode
         * @memberof grpc.GetDiagnosticDataRequest
         * @static
         * @param {$protobuf.Reader|Uint8Array} reader Reader or buffer to decode from
         * @param {number} [length] Message length if known beforehand
         * @returns {grpc.GetDiagnosticDataRequest & grpc.GetDiagnosticDataRequest.$Shape} GetDiagnosticDataRequest
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        GetDiagnosticDataRequest.decode = function (reader, length, _end, _depth, _target) {
            if (!(reader instanceof $Reader))
                reader = $Reader.create(reader);
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $Reader.recursionLimit)
                throw $Error("max depth exceeded");
            let end, message, value;
            if (length === $undefined)
                end = reader.len;
            else {
                end = reader.pos + length;
                if (end > reader.len)
                    throw $RangeError("index out of range");
                length = reader.len;
                reader.len = end;
            }
            message = _target || new $root.grpc.GetDiagnosticDataRequest();
            while (reader.pos < end) {
                let start = reader.pos;
                let tag = reader.tag();
                if (tag === _end) {
                    _end = $undefined;
                    break;
                }
                let wireType = tag & 7;
                switch (tag >>>= 3) {
                case 1: {
                        if (wireType !== 2)
                            break;
                        if ((value = reader.stringVerify()).length)
                            message.logType = value;
                        else
                            delete message.logType;
                        continue;
                    }
                case 2: {
                        if (wireType !== 2)
                            break;
                        if ((value = reader.stringVerify()).length)
                            message.containerId = value;
                        else
                            delete message.containerId;
                        continue;
                    }
                }
                reader.skipType(wireType, _depth, tag);
                if (!reader.discardUnknown) {
                    $util.makeProp(message, "$unknowns", false);
                    (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                }
            }
            if (length !== $undefined) {
                if (reader.pos !== end)
                    throw $RangeError("index out of range");
                reader.len = length;
            }
            if (_end !== $undefined)
                throw $Error("missing end group");
            return message;
        };

        /**
         * Gets the type url for GetDiagnosticDataRequest
         * @function getTypeUrl
         * @memberof grpc.GetDiagnosticDataRequest
         * @static
         * @param {string} [prefix] Custom type url prefix, defaults to `"type.googleapis.com"`
         * @returns {string} The type url
         */
        GetDiagnosticDataRequest.getTypeUrl = function(prefix) {
            if (prefix === $undefined)
                prefix = "type.googleapis.com";
            return prefix + "/grpc.GetDiagnosticDataRequest";
        };

        return GetDiagnosticDataRequest;
    })();

    grpc.GetDiagnosticDataResponse = (function() {

        /**
         * Properties of a GetDiagnosticDataResponse.
         * @typedef {Object} grpc.GetDiagnosticDataResponse.$Properties
         * @property {Uint8Array|null} [data] GetDiagnosticDataResponse data
         * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
         */

        /**
         * Properties of a GetDiagnosticDataResponse.
         * @memberof grpc
         * @interface IGetDiagnosticDataResponse
         * @augments grpc.GetDiagnosticDataResponse.$Properties
         * @deprecated Use grpc.GetDiagnosticDataResponse.$Properties instead.
         */

        /**
         * Shape of a GetDiagnosticDataResponse.
         * @typedef {grpc.GetDiagnosticDataResponse.$Properties} grpc.GetDiagnosticDataResponse.$Shape
         */

        /**
         * Constructs a new GetDiagnosticDataResponse.
         * @memberof grpc
         * @classdesc Represents a GetDiagnosticDataResponse.
         * @constructor
         * @param {grpc.GetDiagnosticDataResponse.$Properties=} [properties] Properties to set
         * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
         */
        const GetDiagnosticDataResponse = function (properties) {
            if (properties)
                for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                    if (properties[keys[i]] != null && keys[i] !== "__proto__")
                        this[keys[i]] = properties[keys[i]];
        };

        /**
         * GetDiagnosticDataResponse data.
         * @member {Uint8Array} data
         * @memberof grpc.GetDiagnosticDataResponse
         * @instance
         */
        GetDiagnosticDataResponse.prototype.data = $util.newBuffer([]);

        /**
         * Creates a new GetDiagnosticDataResponse instance using the specified properties.
         * @function create
         * @memberof grpc.GetDiagnosticDataResponse
         * @static
         * @param {grpc.GetDiagnosticDataResponse.$Properties=} [properties] Properties to set
         * @returns {grpc.GetDiagnosticDataResponse} GetDiagnosticDataResponse instance
         * @type {{
         *   (properties: grpc.GetDiagnosticDataResponse.$Shape): grpc.GetDiagnosticDataResponse & grpc.GetDiagnosticDataResponse.$Shape;
         *   (properties?: grpc.GetDiagnosticDataResponse.$Properties): grpc.GetDiagnosticDataResponse;
         * }}
         */
        GetDiagnosticDataResponse.create = function(properties) {
            return new GetDiagnosticDataResponse(properties);
        };

        /**
         * Encodes the specified GetDiagnosticDataResponse message. Does not implicitly {@link grpc.GetDiagnosticDataResponse.verify|verify} messages.
         * @function encode
         * @memberof grpc.GetDiagnosticDataResponse
         * @static
         * @param {grpc.GetDiagnosticDataResponse.$Properties} message GetDiagnosticDataResponse message or plain object to encode
         * @param {$protobuf.Writer} [writer] Writer to encode to
         * @returns {$protobuf.Writer} Writer
         */
        GetDiagnosticDataResponse.encode = function (message, writer, _depth) {
            if (!writer)
                writer = $Writer.create();
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            if (message.data != null && $Object.hasOwnProperty.call(message, "data") && message.data.length)
                writer.uint32(/* id 1, wireType 2 =*/10).bytes(message.data);
            if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                for (let i = 0; i < message.$unknowns.length; ++i)
                    writer.raw(message.$unknowns[i]);
            return writer;
        };

        /**
         * Decodes a GetDiagnosticDataResponse message from the specified reader or buffer.
         * @function decode
         * @memberof grpc.GetDiagnosticDataResponse
         * @static
         * @param {$protobuf.Reader|Uint8Array} reader Reader or buffer to decode from
         * @param {number} [length] Message length if known beforehand
         * @returns {grpc.GetDiagnosticDataResponse & grpc.GetDiagnosticDataResponse.$Shape} GetDiagnosticDataResponse
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        GetDiagnosticDataResponse.decode = function (reader, length, _end, _depth, _target) {
            if (!(reader instanceof $Reader))
                reader = $Reader.create(reader);
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $Reader.recursionLimit)
                throw $Error("max depth exceeded");
            let end, message, value;
            if (length === $undefined)
                end = reader.len;
            else {
                end = reader.pos + length;
                if (end > reader.len)
                    throw $RangeError("index out of range");
                length = reader.len;
                reader.len = end;
            }
            message = _target || new $root.grpc.GetDiagnosticDataResponse();
            while (reader.pos < end) {
                let start = reader.pos;
                let tag = reader.tag();
                if (tag === _end) {
                    _end = $undefined;
                    break;
                }
                let wireType = tag & 7;
                switch (tag >>>= 3) {
                case 1: {
                        if (wireType !== 2)
                            break;
                        if ((value = reader.bytes()).length)
                            message.data = value;
                        else
                            delete message.data;
                        continue;
                    }
                }
                reader.skipType(wireType, _depth, tag);
                if (!reader.discardUnknown) {
                    $util.makeProp(message, "$unknowns", false);
                    (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                }
            }
            if (length !== $undefined) {
                if (reader.pos !== end)
                    throw $RangeError("index out of range");
                reader.len = length;
            }
            if (_end !== $undefined)
                throw $Error("missing end group");
            return message;
        };

        /**
         * Gets the type url for GetDiagnosticDataResponse
         * @function getTypeUrl
         * @memberof grpc.GetDiagnosticDataResponse
         * @static
         * @param {string} [prefix] Custom type url prefix, defaults to `"type.googleapis.com"`
         * @returns {string} The type url
         */
        GetDiagnosticDataResponse.getTypeUrl = function(prefix) {
            if (prefix === $undefined)
                prefix = "type.googleapis.com";
            return prefix + "/grpc.GetDiagnosticDataResponse";
        };

        return GetDiagnosticDataResponse;
    })();

    return grpc;
})();

export {
  $root as default
};
